package io.bagpipe.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tar archive (ustar, GNU and pax names), plain or compressed with gzip. */
final class TarArchive implements Archive {
  private static final int BLOCK = 512;
  private static final int MOST_META = 1 << 20;

  private final Path path;
  private final Inflated file;
  private final List<Entry> entries = new ArrayList<>();

  TarArchive(Path path) throws IOException {
    this.path = path;
    this.file = new Inflated(path);
    try {
      scan();
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public byte[] read(Entry entry) throws IOException {
    return file.read(entry.position(), Archive.checkedLength(entry));
  }

  @Override
  public byte[] start(Entry entry, int bytes) throws IOException {
    return file.read(entry.position(), (int) Math.min(bytes, entry.length()));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void scan() throws IOException {
    long at = 0;
    String longName = "";
    Map<String, String> pax = new HashMap<>();
    while (at + BLOCK <= file.size()) {
      byte[] header = file.read(at, BLOCK);
      if (isZero(header)) {
        return;
      }
      checkSum(header, at);
      long length = number(header, 124, 12);
      char type = (char) header[156];
      if (type != 'L' && type != 'x' && type != 'g' && pax.containsKey("size")) {
        length = parse(pax.getOrDefault("size", ""), 10, at);
      }
      long data = at + BLOCK;
      if (length < 0 || length > file.size() - data) {
        throw new DataSetException(
            path
                + ": truncated: an entry of "
                + length
                + " bytes at "
                + at
                + " goes beyond its end");
      }
      switch (type) {
        case 'L' -> longName = text(meta(data, length), 0, (int) length);
        case 'x' -> pax.putAll(paxRecords(meta(data, length)));
        case 'g' -> {} // defaults for all: nothing in them that we need
        default -> {
          if (type == '0' || type == '\0') {
            entries.add(new Entry(name(header, longName, pax), data, length));
          }
          longName = "";
          pax.clear();
        }
      }
      at = data + (length + BLOCK - 1) / BLOCK * BLOCK;
    }
    if (at == 0) {
      throw new DataSetException(path + ": not a tar archive: shorter than one header");
    }
  }

  private byte[] meta(long position, long length) throws IOException {
    if (length > MOST_META) {
      throw new DataSetException(path + ": a name of " + length + " bytes at " + position);
    }
    return file.read(position, (int) length);
  }

  private static String name(byte[] header, String longName, Map<String, String> pax) {
    String name = pax.getOrDefault("path", longName);
    if (name.isEmpty()) {
      String prefix = text(header, 257, 5).equals("ustar") ? text(header, 345, 155) : "";
      String last = text(header, 0, 100);
      name = prefix.isEmpty() || header[263] == ' ' ? last : prefix + "/" + last;
    }
    return name.startsWith("./") ? name.substring(2) : name;
  }

  private static Map<String, String> paxRecords(byte[] data) {
    Map<String, String> records = new HashMap<>();
    int at = 0;
    while (at < data.length) {
      int space = at;
      int length = 0;
      while (space < data.length && data[space] >= '0' && data[space] <= '9') {
        length = Math.min(length * 10 + data[space++] - '0', MOST_META);
      }
      int end = at + length;
      if (length == 0 || end > data.length || space + 2 > end) {
        break;
      }
      String record = new String(data, space + 1, end - space - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      String key = record.substring(0, Math.max(0, equals));
      if (key.equals("path") || key.equals("size")) {
        records.put(key, record.substring(equals + 1));
      }
      at = end;
    }
    return records;
  }

  private void checkSum(byte[] header, long at) throws IOException {
    long expected = number(header, 148, 8);
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    if (sum != expected) {
      throw new DataSetException(path + ": not a tar archive: wrong check sum at byte " + at);
    }
  }

  /** Octal text, or GNU's binary form of large numbers. */
  private long number(byte[] header, int from, int length) throws IOException {
    if ((header[from] & 0x80) != 0) {
      long n = 0;
      for (int i = from + length - 8; i < from + length; i++) {
        n = n << 8 | (header[i] & 0xff);
      }
      return n;
    }
    String text = text(header, from, length).strip();
    return text.isEmpty() ? 0 : parse(text, 8, from);
  }

  private long parse(String text, int radix, long at) throws IOException {
    try {
      return Long.parseLong(text, radix);
    } catch (NumberFormatException e) {
      throw new DataSetException(path + ": not a tar archive: no number at byte " + at, e);
    }
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < Math.min(from + length, bytes.length) && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  private static boolean isZero(byte[] header) {
    for (byte b : header) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
