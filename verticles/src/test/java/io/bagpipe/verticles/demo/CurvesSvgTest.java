package io.bagpipe.verticles.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.demo.CurvesSvg.Curve;
import io.bagpipe.verticles.demo.CurvesSvg.Point;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class CurvesSvgTest {
  @Test
  void curvesGoWhereTheirValuesSay() throws Exception {
    Curve knn =
        new Curve("kNN top-1 <held out>", List.of(new Point(0, 0.6), new Point(1000, 0.8)), true);

    Document svg = parse(CurvesSvg.render("run & more", List.of(knn)));

    List<double[]> points = points(svg, 0);
    assertThat(points).hasSize(2);
    assertThat(points.get(0)[0]).isEqualTo(64);
    assertThat(points.get(1)[0]).isEqualTo(736);
    assertThat(points.get(0)[1] - points.get(1)[1]).isGreaterThan(100);
    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
    assertThat(svg.getDocumentElement().getTextContent())
        .contains("run & more", "kNN top-1 <held out>", "0.60", "0.80");
  }

  @Test
  void manyPointsAreThinnedToTheirMeans() throws Exception {
    List<Point> many =
        LongStream.range(0, 90_000).mapToObj(i -> new Point(i, i % 2 == 0 ? 1 : 3)).toList();

    List<double[]> points =
        points(parse(CurvesSvg.render("t", List.of(new Curve("loss", many, false)))), 0);

    assertThat(points).hasSize(1500);
    assertThat(points).allSatisfy(p -> assertThat(p[1]).isEqualTo(points.get(0)[1]));
  }

  @Test
  void nothingOneValueAndNoNumbersAreFine() throws Exception {
    List<Curve> curves =
        List.of(
            new Curve("none", List.of(), true),
            new Curve("nan", List.of(new Point(1, Double.NaN)), true),
            new Curve("same", List.of(new Point(0, 0), new Point(5, 0)), false),
            new Curve("one", List.of(new Point(0, 5)), false));

    String svg = CurvesSvg.render("odd", curves);

    assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(parse(svg).getElementsByTagName("polyline").getLength()).isEqualTo(2);
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<double[]> points(Document svg, int curve) {
    NodeList lines = svg.getElementsByTagName("polyline");
    List<double[]> points = new ArrayList<>();
    for (String pair : ((Element) lines.item(curve)).getAttribute("points").split(" ")) {
      String[] xy = pair.split(",");
      points.add(new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])});
    }
    return points;
  }
}
