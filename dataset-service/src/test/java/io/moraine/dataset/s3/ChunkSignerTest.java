package io.moraine.dataset.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.kit.auth.Role;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The examples that AWS gives for bodies in chunks, of 66,560 times the letter a. */
class ChunkSignerTest {
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  @Test
  void chunksAreSignedAsInTheExample() {
    ChunkSigner signer = signer("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");

    assertThat(
            signer.isNextChunk(
                "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
                letters(65_536)))
        .isTrue();
    assertThat(
            signer.isNextChunk(
                "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", letters(1_024)))
        .isTrue();
    assertThat(
            signer.isNextChunk(
                "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", letters(0)))
        .isTrue();
  }

  @Test
  void trailersAreSignedAsInTheExample() {
    ChunkSigner signer = signer("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");

    assertThat(
            signer.isNextChunk(
                "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                letters(65_536)))
        .isTrue();
    assertThat(
            signer.isNextChunk(
                "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7", letters(1_024)))
        .isTrue();
    assertThat(
            signer.isNextChunk(
                "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992", letters(0)))
        .isTrue();
    assertThat(
            signer.isTrailer(
                "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
                "x-amz-checksum-crc32c:sOO8/Q==\n"))
        .isTrue();
  }

  @Test
  void whatIsNotTheNextIsRefused() {
    String first = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
    String seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

    assertThat(signer(seed).isNextChunk(first, letters(65_535))).isFalse();
    assertThat(signer(first).isNextChunk(first, letters(65_536))).isFalse();
    assertThat(signer(seed).isNextChunk("", letters(65_536))).isFalse();
    assertThat(signer(seed).isTrailer(first, "")).isFalse();
  }

  private static ChunkSigner signer(String seed) {
    return new ChunkSigner(
        new Proof(
            new TeamId("teaaaaaaaaaaaa"),
            Role.WRITER,
            seed,
            Wire.signingKey(SECRET, "20130524", "us-east-1", "s3", "aws4_request"),
            "20130524T000000Z",
            "20130524/us-east-1/s3/aws4_request",
            ""));
  }

  private static Sha256 letters(int count) {
    byte[] letters = new byte[count];
    Arrays.fill(letters, (byte) 'a');
    return Sha256.of(letters);
  }
}
