package io.bagpipe.model.image;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/** A file in memory, for ImageIO; refuses to be read after its deadline, which ends any decoder. */
final class FileStream extends ImageInputStreamImpl {
  private final byte[] file;
  private final Deadline deadline;

  FileStream(byte[] file, Deadline deadline) {
    this.file = file;
    this.deadline = deadline;
  }

  private void check() throws IOException {
    checkClosed();
    if (deadline.passed()) {
      throw new IOException("out of time");
    }
  }

  @Override
  public int read() throws IOException {
    check();
    bitOffset = 0;
    return streamPos < file.length ? file[(int) streamPos++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    check();
    bitOffset = 0;
    int count = (int) Math.min(length, file.length - streamPos);
    if (count <= 0) {
      return length == 0 ? 0 : -1;
    }
    System.arraycopy(file, (int) streamPos, to, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return file.length;
  }
}
