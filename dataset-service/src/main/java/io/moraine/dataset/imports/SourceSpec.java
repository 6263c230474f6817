package io.moraine.dataset.imports;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.events.Json;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A source as requests and answers say it: which members count depends on the type. {@link
 * ImportSource} is what it means.
 */
@Schema(
    examples = {
      """
      {"type": "url", "url": "https://example.org/faces.tar.gz"}
      """,
      """
      {"type": "s3", "bucket": "faces", "prefix": "2024/", "endpoint": "https://nyc3.digitaloceanspaces.com"}
      """,
      """
      {"type": "git", "url": "https://github.com/ada/labels", "ref": "main"}
      """
    })
public record SourceSpec(
    @Schema(enumeration = {"url", "s3", "git"}) Optional<String> type,
    @Schema(description = "url, git: http or https") Optional<String> url,
    @Schema(
            description =
                "url: whether it is an archive (tar, tar.gz, zip) whose files are wanted: true,"
                    + " false, or auto, by its name")
        Optional<String> unpack,
    @Schema(description = "url: the file's name in the version; without it, the URL's last segment")
        Optional<String> name,
    @Schema(description = "s3: the id of a storage provider, whose bucket and keys are used")
        Optional<String> provider,
    @Schema(
            description =
                "s3, with a provider: whether objects stay where they are and are read from there")
        Optional<Boolean> reference,
    @Schema(description = "s3: its URL; without it, AWS") Optional<String> endpoint,
    @Schema(description = "s3: us-east-1 by default") Optional<String> region,
    @Schema(description = "s3") Optional<String> bucket,
    @Schema(description = "s3: only keys that begin so, which paths do not have")
        Optional<String> prefix,
    @Schema(description = "s3: whether the bucket is named in the path; where there is an endpoint")
        Optional<Boolean> pathStyle,
    @Schema(description = "git: a branch, a tag or refs/…; without it, HEAD") Optional<String> ref,
    @Schema(description = "git: the commit's id, which the ref has to have, or have had")
        Optional<String> commit,
    @Schema(description = "git: only this directory, which paths do not have")
        Optional<String> path,
    @Schema(description = "git: what becomes of Git LFS pointers: refuse (by default), or keep")
        Optional<String> lfsPointers,
    @Schema(description = "whether links and special files are left out; else they are refused")
        Optional<Boolean> skipLinks,
    @Schema(description = "url, git: for basic authentication") Optional<String> username,
    @Schema(description = "url, git: for basic authentication") Optional<Secret> password,
    @Schema(description = "url: a bearer token; git: an access token") Optional<Secret> token,
    @Schema(description = "s3: without it, anonymous") Optional<String> accessKey,
    @Schema(description = "s3") Optional<Secret> secretKey,
    @Schema(description = "s3") Optional<Secret> sessionToken) {
  private static final String QUERY = "?";
  private static final ObjectMapper JSON = Json.mapper();

  /** Reads what {@link #encode} made. Fails without the cause, which quotes what it read. */
  public static SourceSpec decode(String json) {
    try {
      return JSON.readValue(json, SourceSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A source could not be read");
    }
  }

  /** As JSON text, secrets included. */
  public String encode() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A source could not be written", e);
    }
  }

  /** Whether it holds anything that is nobody's business; what follows a URL's "?" may be. */
  @JsonIgnore
  boolean isSecret() {
    return password.isPresent()
        || token.isPresent()
        || secretKey.isPresent()
        || sessionToken.isPresent()
        || url.filter(u -> u.contains(QUERY)).isPresent();
  }

  /** As it may be shown. */
  public SourceSpec masked() {
    return new SourceSpec(
        type,
        url.map(SourceSpec::withoutQuery),
        unpack,
        name,
        provider,
        reference,
        endpoint,
        region,
        bucket,
        prefix,
        pathStyle,
        ref,
        commit,
        path,
        lfsPointers,
        skipLinks,
        username,
        password.map(p -> Secret.MASKED),
        token.map(t -> Secret.MASKED),
        accessKey,
        secretKey.map(k -> Secret.MASKED),
        sessionToken.map(t -> Secret.MASKED));
  }

  private static String withoutQuery(String url) {
    int query = url.indexOf(QUERY);
    return query < 0 ? url : url.substring(0, query + 1) + Secret.MASKED.text();
  }

  /** The same source at one commit. */
  public SourceSpec at(String commitId) {
    return new SourceSpec(
        type,
        url,
        unpack,
        name,
        provider,
        reference,
        endpoint,
        region,
        bucket,
        prefix,
        pathStyle,
        ref,
        Optional.of(commitId),
        path,
        lfsPointers,
        skipLinks,
        username,
        password,
        token,
        accessKey,
        secretKey,
        sessionToken);
  }
}
