package io.bagpipe.verticles.audit;

import io.bagpipe.model.checkpoint.CheckpointFile;
import io.bagpipe.model.checkpoint.CheckpointInfo;
import io.bagpipe.model.checkpoint.CheckpointStore;
import io.bagpipe.model.checkpoint.Ledger;
import io.bagpipe.model.eval.HeldOut;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.DeadLetter;
import io.bagpipe.streams.record.InputRecord;
import io.bagpipe.streams.source.LogReader;
import io.bagpipe.verticles.stage.ImageRecords;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code images}, {@code images.dlq} and the newest intact checkpoint, and audits them.
 * Changes nothing; works beside a running service. Blocks its thread.
 */
public final class Auditor {
  private final KafkaSettings kafka;
  private final String images;
  private final String deadLetters;
  private final HeldOut heldOut;

  public Auditor(KafkaSettings kafka, String images, String deadLetters) {
    this(kafka, images, deadLetters, HeldOut.NONE);
  }

  /**
   * @param heldOut which images are never trained
   */
  public Auditor(KafkaSettings kafka, String images, String deadLetters, HeldOut heldOut) {
    this.heldOut = heldOut;
    this.kafka = kafka;
    this.images = images;
    this.deadLetters = deadLetters;
  }

  /**
   * @param partitions of the images' topic
   * @param checkpoints the run's checkpoint directory
   * @param batch anchors of a training step
   */
  public AuditResult audit(int partitions, Path checkpoints, int batch) throws Exception {
    CheckpointStore.Recovery newest = new CheckpointStore(checkpoints, 1).latestIntact();
    Path file = newest.file();
    List<Ledger.Entry> ledger = List.of();
    if (file != null) {
      CheckpointInfo info = CheckpointFile.readInfo(file);
      ledger = info.ledger().stream().filter(entry -> entry.topic().equals(images)).toList();
    }
    // the checkpoint first: what is trained meanwhile is then in the log already
    List<Pushed> log = log(partitions);
    return new Audit(images, ledger, batch, file == null ? "none" : file.toString()).of(log);
  }

  private List<Pushed> log(int partitions) throws Exception {
    List<Pushed> pushed = new ArrayList<>();
    try (LogReader reader = new LogReader(kafka)) {
      for (int partition = 0; partition < partitions; partition++) {
        Pushed of = Pushed.of(partition, reader.earliest(images, partition));
        long end = reader.end(images, partition);
        reader.read(
            images,
            partition,
            of.earliest(),
            end,
            record -> {
              if (!ImageRecords.isRemoval(record)) {
                of.images().add(record.offset());
                if (heldOut.has(ImageRecords.id(record))) {
                  of.held().add(record.offset());
                }
              }
            });
        pushed.add(of);
      }
      // one in a topic of ours, any number in an administrator's, none where there is no topic
      int deadPartitions = reader.partitions(deadLetters);
      for (int partition = 0; partition < deadPartitions; partition++) {
        long from = reader.earliest(deadLetters, partition);
        long end = reader.end(deadLetters, partition);
        reader.read(deadLetters, partition, from, end, record -> bury(pushed, record));
      }
    }
    return pushed;
  }

  private void bury(List<Pushed> pushed, InputRecord dead) {
    Map<String, byte[]> headers = dead.headers();
    byte[] topic = headers.get(DeadLetter.TOPIC);
    byte[] partition = headers.get(DeadLetter.PARTITION);
    byte[] offset = headers.get(DeadLetter.OFFSET);
    if (topic != null && partition != null && offset != null && text(topic).equals(images)) {
      int at = Integer.parseInt(text(partition));
      if (at < pushed.size()) {
        pushed.get(at).dead().add(Long.parseLong(text(offset)));
      }
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
