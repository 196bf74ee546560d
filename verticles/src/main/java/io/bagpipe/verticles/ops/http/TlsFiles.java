package io.bagpipe.verticles.ops.http;

import io.bagpipe.verticles.ops.OpsConfig.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at certificate and key before anything starts: a server whose pair is broken binds all the
 * same.
 */
public final class TlsFiles {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private TlsFiles() {}

  /**
   * Blocking, briefly.
   *
   * @throws IllegalArgumentException in one line that names the key of the configuration
   */
  public static void check(Tls tls) {
    Certificate leaf = leaf(tls.certificate());
    String key = read(tls.key());
    if (key.contains("ENCRYPTED")) {
      throw bad("http.tls.key", tls.key(), "is encrypted; take the pass phrase off (openssl pkey)");
    }
    Matcher pkcs8 = PKCS8.matcher(key);
    if (pkcs8.find()) {
      checkPair(tls, leaf.getPublicKey(), Base64.getMimeDecoder().decode(pkcs8.group(1)));
    } else if (!key.contains(" PRIVATE KEY-----")) {
      throw bad("http.tls.key", tls.key(), "holds no PEM private key");
    }
  }

  private static Certificate leaf(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!chain.isEmpty()) {
        return chain.iterator().next();
      }
    } catch (IOException e) {
      throw bad("http.tls.cert", file, "cannot be read (" + e.getClass().getSimpleName() + ")");
    } catch (GeneralSecurityException e) {
      // said below: what the parser says helps nobody
    }
    throw bad("http.tls.cert", file, "holds no PEM certificate");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw bad("http.tls.key", file, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /**
   * Signs with the one what the other must verify; algorithms unknown here are left to the server.
   */
  private static void checkPair(Tls tls, PublicKey certified, byte[] encoded) {
    String algorithm = SIGNATURES.get(certified.getAlgorithm());
    if (algorithm == null) {
      return;
    }
    byte[] words = {1, 2, 3};
    boolean pair = false;
    try {
      PrivateKey key =
          KeyFactory.getInstance(certified.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(words);
      Signature checking = Signature.getInstance(algorithm);
      checking.initVerify(certified);
      checking.update(words);
      pair = checking.verify(signing.sign());
    } catch (GeneralSecurityException e) {
      pair = false; // a key of another kind
    }
    if (!pair) {
      throw bad("http.tls.key", tls.key(), "is not the key of " + tls.certificate());
    }
  }

  private static IllegalArgumentException bad(String key, Path file, String why) {
    return new IllegalArgumentException(key + ": \"" + file + "\" " + why);
  }
}
