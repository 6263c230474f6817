package io.moraine.dataset.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.crypto.KeyAgreement;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;

/**
 * The EC P-256 key that signs run tokens, read once from {@code MORAINE_TOKEN_KEY_FILE} (PKCS#8
 * PEM). Its id is its RFC 7638 thumbprint. Immutable.
 */
@ApplicationScoped
class TokenKey {
  private final ECPrivateKey privateKey;
  private final EllipticCurveJsonWebKey publicKey;

  TokenKey(@ConfigProperty(name = "MORAINE_TOKEN_KEY_FILE") Path file) throws IOException {
    try {
      this.privateKey = read(file);
      this.publicKey = new EllipticCurveJsonWebKey(publicKeyOf(privateKey));
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw new IOException(
          file
              + " holds no EC P-256 private key in PKCS#8 PEM; make one with: "
              + "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
          e);
    }
    publicKey.setUse("sig");
    publicKey.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    publicKey.setKeyId(publicKey.calculateBase64urlEncodedThumbprint("SHA-256"));
  }

  ECPrivateKey privateKey() {
    return privateKey;
  }

  /** With its id; never holds the private part. */
  EllipticCurveJsonWebKey publicKey() {
    return publicKey;
  }

  private static ECPrivateKey read(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file, US_ASCII);
    String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "");
    byte[] pkcs8 = Base64.getMimeDecoder().decode(base64);
    return (ECPrivateKey)
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  /**
   * The JDK reads no public key from a private one. Agreeing (ECDH) with the curve's generator
   * gives its x; of the two points with that x it is the one that verifies a signature.
   */
  static ECPublicKey publicKeyOf(ECPrivateKey key) throws GeneralSecurityException {
    ECParameterSpec curve = key.getParams();
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(key);
    agreement.doPhase(point(curve.getGenerator(), curve), true);
    BigInteger x = new BigInteger(1, agreement.generateSecret());
    BigInteger square =
        x.pow(3).add(curve.getCurve().getA().multiply(x)).add(curve.getCurve().getB()).mod(p);
    // A square root modulo a prime p with p mod 4 = 3, which that of P-256 is.
    BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    for (BigInteger candidate : List.of(y, p.subtract(y))) {
      ECPublicKey publicKey = point(new ECPoint(x, candidate), curve);
      if (verifies(key, publicKey)) {
        return publicKey;
      }
    }
    throw new GeneralSecurityException("this is no key of the curve P-256");
  }

  private static ECPublicKey point(ECPoint point, ECParameterSpec curve)
      throws GeneralSecurityException {
    return (ECPublicKey)
        KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
  }

  private static boolean verifies(ECPrivateKey key, ECPublicKey publicKey)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    return signature.verify(signed);
  }
}
