package io.bagpipe.verticles.ops.events;

/** The four stages of the flow, in order. */
public enum Stage {
  AUGMENT("images", "views"),
  TEACHER("views", "embeddings"),
  BAGS("embeddings", "bags"),
  STUDENT("bags", "students");

  private final String input;
  private final String output;

  Stage(String input, String output) {
    this.input = input;
    this.output = output;
  }

  /** The topic this stage reads, by its default name. */
  public String input() {
    return input;
  }

  /** The topic this stage writes, by its default name. */
  public String output() {
    return output;
  }

  /** The name in JSON, in metrics' tags and in role names. */
  public String id() {
    return Wire.id(this);
  }
}
