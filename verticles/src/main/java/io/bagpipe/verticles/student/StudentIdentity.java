package io.bagpipe.verticles.student;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.StreamPosition;
import io.bagpipe.model.checkpoint.StudentDescription;
import io.bagpipe.model.network.Architecture;
import io.bagpipe.model.network.Architecture.Family;
import io.bagpipe.model.network.Head;
import io.bagpipe.model.network.Preprocessing;
import io.bagpipe.model.network.Stem;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ViewsConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a checkpoint must agree with to be gone on from: run, network, and what training depends on.
 *
 * @param run the run's id
 * @param student which student, and how images are prepared for it
 * @param configuration everything that training depends on, JSON
 * @param bagsTopic where positions count
 * @param bagsTopicId Kafka's: a topic of the same name that was made anew has another
 */
record StudentIdentity(
    String run,
    StudentDescription student,
    String configuration,
    long seed,
    String bagsTopic,
    String bagsTopicId) {
  private static final Logger LOG = LoggerFactory.getLogger(StudentIdentity.class);
  private static final String PRESET = "preset";

  /**
   * @param teacher whose embedding the student's must match
   */
  static StudentIdentity of(
      BagpipeConfig config, String run, StudentVerticle.Teacher teacher, String bagsTopicId) {
    Family family = Family.of(config.student().arch().torchvisionName());
    boolean resnet = family.torchvisionName().startsWith("resnet");
    Architecture network =
        new Architecture(
            family,
            resnet ? config.student().width() : Architecture.DEFAULT_WIDTH,
            Stem.valueOf(config.student().stem().name()),
            new Head(config.student().headHidden(), teacher.embedding()));
    return new StudentIdentity(
        run,
        StudentDescription.of(network, preprocessing(config.views()), teacher.sha256()),
        configuration(config, teacher.sha256()),
        config.seed(),
        config.topics().bags(),
        bagsTopicId);
  }

  private static Preprocessing preprocessing(ViewsConfig views) {
    return new Preprocessing(
        views.geometry().size(),
        views.geometry().pad(),
        views.geometry().indexResize(),
        views.mean().toArray(),
        views.std().toArray());
  }

  private static String configuration(BagpipeConfig config, String teacherSha256) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(PRESET, config.preset());
    all.put("seed", config.seed());
    all.put("teacher_sha256", teacherSha256);
    all.put("views", config.views());
    all.put("student", config.student());
    all.put("train", config.train());
    all.put("bags", config.bags());
    // what is off is as it was before there was any
    if (config.rehearsal().isOn()) {
      all.put("rehearsal", config.rehearsal());
    }
    if (config.probe().isOn()) {
      all.put("probe", Map.of("share", config.probe().share()));
    }
    try {
      return new ObjectMapper().writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  Architecture network() {
    return student.architecture();
  }

  StreamPosition position(int partition, long offset, int taken) {
    return new StreamPosition(bagsTopic, bagsTopicId, partition, offset, taken);
  }

  /** Whether a checkpoint's position counts in the topic that there is now. */
  boolean isHere(StreamPosition position) {
    String id = position.topicId();
    return position.topic().equals(bagsTopic) && (id == null || id.equals(bagsTopicId));
  }

  /**
   * @throws IllegalStateException when the checkpoint is of another network; other differences are
   *     logged: a run may go on with another learning rate
   */
  void requireSame(CheckpointInfo found, @Nullable Path file) {
    StudentDescription there = found.student();
    if (!there.architecture().equals(network()) || there.inputSize() != student.inputSize()) {
      throw new IllegalStateException(
          "checkpoint "
              + file
              + " is of "
              + summary(there)
              + " and the configuration asks for "
              + summary(student)
              + "; choose the same student, or another data.dir for a new one");
    }
    if (!values(found.configuration()).equals(values(configuration))) {
      LOG.warn("the configuration has changed since checkpoint {} was written", file);
    }
  }

  /** What a configuration sets; by which preset it came to that makes no difference. */
  private static JsonNode values(String configuration) {
    try {
      JsonNode all = new ObjectMapper().readTree(configuration);
      return all instanceof ObjectNode object ? object.without(PRESET) : all;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // this class wrote it, and the file's checksum holds
    }
  }

  private static String summary(StudentDescription student) {
    return student.architecture() + ", " + student.inputSize() + " pixels";
  }
}
