package io.bagpipe.streams.reference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Files of this host, below the folders that are allowed. Where a path leads through symbolic links
 * is looked at first, and must be below the same folder; what is opened is that, and no link.
 * Whoever can write into an allowed folder is trusted not to exchange folders for links meanwhile.
 * Anything but a regular file (a device, a pipe) is refused unopened.
 */
final class FileFetcher implements Fetcher {
  private final AllowList allow;
  private final int maxBytes;

  FileFetcher(AllowList allow, int maxBytes) {
    this.allow = allow;
    this.maxBytes = maxBytes;
  }

  @Override
  public Fetched fetch(Reference reference, String pinned) throws FetchException {
    Path root =
        allow
            .root(reference)
            .orElseThrow(
                () ->
                    refused(
                        Refusal.NOT_ALLOWED, reference, "references.allow names none above it"));
    try {
      Path real = Path.of(reference.decodedPath()).toRealPath();
      if (!real.startsWith(root.toRealPath())) {
        throw refused(Refusal.NOT_ALLOWED, reference, "it leads out of the allowed folder");
      }
      BasicFileAttributes file =
          Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!file.isRegularFile()) {
        throw refused(Refusal.REFUSED, reference, "it is no regular file");
      }
      String version = Versions.of(file.lastModifiedTime().toInstant(), file.size());
      Versions.check(reference, pinned, version);
      if (file.size() > maxBytes) {
        throw Versions.tooLarge(reference, file.size(), maxBytes);
      }
      byte[] bytes = read(real);
      if (bytes.length > maxBytes) {
        throw Versions.tooLarge(reference, bytes.length, maxBytes);
      }
      return new Fetched(bytes, version);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw refused(Refusal.NOT_FOUND, reference, "there is no such file");
    } catch (AccessDeniedException e) {
      throw refused(Refusal.FORBIDDEN, reference, "it may not be read");
    } catch (IOException e) {
      throw new FetchDelayedException(reference + ": " + e);
    }
  }

  /** One byte more than is allowed, when it has grown so large meanwhile. */
  private byte[] read(Path real) throws IOException {
    try (InputStream in =
        Channels.newInputStream(
            Files.newByteChannel(
                real, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
      return in.readNBytes(maxBytes + 1);
    }
  }

  private static FetchRefusedException refused(Refusal why, Reference reference, String message) {
    return new FetchRefusedException(why, reference + ": " + message);
  }
}
