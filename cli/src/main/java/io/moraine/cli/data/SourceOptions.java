package io.moraine.cli.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What an import can be told of where it comes from, and the request that it becomes. */
final class SourceOptions {
  private static final String S3 = "s3://";
  private static final String GIT = "git+";

  @Option(names = "--name", paramLabel = "NAME", description = "URL: the file's name.")
  private String name;

  @Option(
      names = "--unpack",
      paramLabel = "auto|true|false",
      description = "URL: whether it is an archive (default: auto, by its name).")
  private String unpack;

  @Option(names = "--endpoint", paramLabel = "URL", description = "S3: where (default: AWS).")
  private String endpoint;

  @Option(names = "--region", paramLabel = "REGION", description = "S3 (default: us-east-1).")
  private String region;

  @Option(
      names = "--provider",
      paramLabel = "ID",
      description = "S3: a storage provider of the team, whose bucket and keys are used.")
  private String provider;

  @Option(
      names = "--reference",
      description =
          "S3, with --provider: leave the objects where they are, and read them from there.")
  private boolean reference;

  @Option(
      names = "--aws-keys",
      description =
          "S3: send AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to the service,"
              + " which forgets them when the import ends; else the bucket is public.")
  private boolean awsKeys;

  @Option(
      names = "--ref",
      paramLabel = "REF",
      description = "git: a branch or tag (default: the repository's HEAD).")
  private String ref;

  @Option(names = "--path", paramLabel = "PATH", description = "git: only this directory.")
  private String path;

  @Option(
      names = "--keep-lfs-pointers",
      description = "git: import Git LFS pointers as they are; else they are refused.")
  private boolean keepLfsPointers;

  @Option(
      names = "--skip-links",
      description = "Leave links and special files out; else they are refused by name.")
  private boolean skipLinks;

  @Option(
      names = "--username",
      paramLabel = "USER",
      description = "URL, git: with the password in MORAINE_SOURCE_PASSWORD.")
  private String username;

  boolean skipLinks() {
    return skipLinks;
  }

  /** Whether the service is to fetch it. */
  static boolean isRemote(String source) {
    return source.matches("(git\\+)?https?://.*") || source.startsWith(S3);
  }

  /** The member {@code source} of the request. */
  Map<String, Object> source(String text, Map<String, String> variables, CommandLine usage) {
    Map<String, Object> source = new LinkedHashMap<>();
    if (text.startsWith(S3)) {
      putBucket(source, text.substring(S3.length()), variables, usage);
      return source;
    }
    boolean isGit = text.startsWith(GIT);
    source.put("type", isGit ? "git" : "url");
    source.put("url", isGit ? text.substring(GIT.length()) : text);
    put(source, "name", name);
    put(source, "unpack", unpack);
    put(source, "ref", ref);
    put(source, "path", path);
    if (keepLfsPointers) {
      source.put("lfsPointers", "keep");
    }
    if (skipLinks) {
      source.put("skipLinks", true);
    }
    put(source, "token", variables.get("MORAINE_SOURCE_TOKEN"));
    if (username != null) {
      source.put("username", username);
      source.put("password", need(variables, "MORAINE_SOURCE_PASSWORD", usage));
    }
    return source;
  }

  private void putBucket(
      Map<String, Object> source, String place, Map<String, String> variables, CommandLine usage) {
    int slash = place.indexOf('/');
    source.put("type", "s3");
    put(source, "provider", provider);
    if (reference) {
      source.put("reference", true);
    }
    put(source, "bucket", slash < 0 ? place : place.substring(0, slash));
    put(source, "prefix", slash < 0 ? null : place.substring(slash + 1));
    put(source, "endpoint", endpoint);
    put(source, "region", region);
    if (awsKeys) {
      source.put("accessKey", need(variables, "AWS_ACCESS_KEY_ID", usage));
      source.put("secretKey", need(variables, "AWS_SECRET_ACCESS_KEY", usage));
      put(source, "sessionToken", variables.get("AWS_SESSION_TOKEN"));
    }
  }

  private static String need(Map<String, String> variables, String name, CommandLine usage) {
    return Optional.ofNullable(variables.get(name))
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> new ParameterException(usage, name + " is not set."));
  }

  private static void put(Map<String, Object> source, String member, String value) {
    if (value != null && !value.isEmpty()) {
      source.put(member, value);
    }
  }
}
