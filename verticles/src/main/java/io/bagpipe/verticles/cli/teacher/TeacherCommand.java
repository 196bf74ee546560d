package io.bagpipe.verticles.cli.teacher;

import io.bagpipe.verticles.cli.base.HelpOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bagpipe teacher}: teachers' files. */
@Command(
    name = "teacher",
    description = "Makes a teacher's file of weights that others published, and checks it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TeacherImportCommand.class, TeacherPcaCommand.class, TeacherCheckCommand.class},
    footer = {
      "",
      "docs/teachers.md has a recipe for each source; model/teachers/export.py makes files of what",
      "only Python reads (hub models, .pth checkpoints, vision transformers).",
      "",
      "Example:",
      "  bagpipe teacher import resnet50.safetensors --arch resnet50 -o teacher.onnx",
      "  bagpipe teacher check teacher.onnx --data pictures/",
    })
public final class TeacherCommand {
  @Mixin
  @SuppressWarnings({"unused", "NullAway.Init"})
  private HelpOptions help;

  TeacherCommand() {}
}
