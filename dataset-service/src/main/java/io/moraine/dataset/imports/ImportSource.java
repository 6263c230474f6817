package io.moraine.dataset.imports;

import io.moraine.vocabulary.ProviderId;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Where an import takes files from, with what opens it. */
public sealed interface ImportSource {
  /** Whether links and special files are left out; else they are refused by name. */
  boolean skipLinks();

  /** As a version's message says it: no secret, no query. */
  String shown();

  /** A user and a password, or a token alone. */
  record Login(Optional<String> user, Secret secret) {}

  /** Whether a URL's file is taken apart. */
  enum Unpack {
    AUTO,
    TRUE,
    FALSE
  }

  /**
   * One file, or an archive's files.
   *
   * @param name the file's in the version
   */
  record Web(URI url, String name, Unpack unpack, Optional<Login> login, boolean skipLinks)
      implements ImportSource {
    private static final Pattern ARCHIVE = Pattern.compile(".*\\.(tar|tar\\.gz|tgz|zip)");

    boolean isArchive() {
      return unpack == Unpack.TRUE
          || unpack == Unpack.AUTO && ARCHIVE.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    @Override
    public String shown() {
      return withoutQuery(url);
    }
  }

  /** The objects of a bucket. */
  record Bucket(
      Optional<URI> endpoint,
      String region,
      String bucket,
      String prefix,
      boolean pathStyle,
      Optional<Access> access)
      implements ImportSource {
    /** Keys of an account. */
    record Access(String accessKey, Secret secretKey, Optional<Secret> sessionToken) {}

    @Override
    public boolean skipLinks() {
      return false;
    }

    @Override
    public String shown() {
      return "s3://" + bucket + "/" + prefix + endpoint.map(e -> " at " + e).orElse("");
    }
  }

  /**
   * The objects of the bucket of a storage provider of the team.
   *
   * @param bucket what its bucket has to be called, if that was said
   * @param byReference whether they stay there and are read from there, instead of being copied
   */
  record Provided(ProviderId provider, Optional<String> bucket, String prefix, boolean byReference)
      implements ImportSource {
    @Override
    public boolean skipLinks() {
      return false;
    }

    @Override
    public String shown() {
      return "storage provider " + provider + ", " + prefix;
    }
  }

  /**
   * The files of a commit.
   *
   * @param directory only this one's; all of them when empty
   */
  record Git(
      URI url,
      Optional<String> ref,
      Optional<String> commit,
      String directory,
      boolean keepLfsPointers,
      Optional<Login> login,
      boolean skipLinks)
      implements ImportSource {
    @Override
    public String shown() {
      return url + ref.map(r -> " at " + r).orElse("");
    }
  }

  private static String withoutQuery(URI url) {
    String text = url.toString();
    int end = text.indexOf('?');
    return end < 0 ? text : text.substring(0, end);
  }

  /** What {@code spec} means; an {@link IllegalArgumentException} says what is wrong with it. */
  static ImportSource of(SourceSpec spec) {
    String type = need(spec.type(), "source.type", "url, s3 or git");
    boolean fromProvider = type.equals("s3") && spec.provider().isPresent();
    if (spec.reference().orElse(false) && !fromProvider) {
      throw new IllegalArgumentException(
          "source.reference is for the bucket of a storage provider of the team, whose keys we keep:"
              + " make one, and say it as source.provider.");
    }
    return switch (type) {
      case "url" -> web(spec);
      case "s3" -> fromProvider ? provided(spec) : bucket(spec);
      case "git" -> git(spec);
      default ->
          throw new IllegalArgumentException(
              "source.type \"" + type + "\" is not valid: one of url, s3, git.");
    };
  }

  private static Web web(SourceSpec spec) {
    URI url = http(spec.url(), "source.url");
    String path = url.getPath() == null ? "" : url.getPath();
    String name =
        spec.name().filter(n -> !n.isBlank()).orElse(path.substring(path.lastIndexOf('/') + 1));
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "source.url ends in no file's name; say in source.name what the file is to be called.");
    }
    return new Web(
        url,
        name,
        unpack(spec.unpack().orElse("auto")),
        login(spec),
        spec.skipLinks().orElse(false));
  }

  private static Unpack unpack(String text) {
    try {
      return Unpack.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("source.unpack is true, false or auto.");
    }
  }

  private static Provided provided(SourceSpec spec) {
    if (spec.endpoint().isPresent() || spec.accessKey().isPresent()) {
      throw new IllegalArgumentException(
          "source.provider says the endpoint and the keys; leave them out.");
    }
    return new Provided(
        new ProviderId(spec.provider().get()),
        spec.bucket(),
        spec.prefix().orElse(""),
        spec.reference().orElse(false));
  }

  private static Bucket bucket(SourceSpec spec) {
    String bucket = need(spec.bucket(), "source.bucket", "the bucket's name");
    require(bucket, "source.bucket", "[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");
    String region = spec.region().orElse("us-east-1");
    require(region, "source.region", "[a-z0-9-]{1,64}");
    Optional<URI> endpoint = spec.endpoint().map(e -> http(Optional.of(e), "source.endpoint"));
    return new Bucket(
        endpoint,
        region,
        bucket,
        spec.prefix().orElse(""),
        spec.pathStyle().orElse(endpoint.isPresent()),
        access(spec));
  }

  private static Optional<Bucket.Access> access(SourceSpec spec) {
    if (spec.accessKey().isPresent() != spec.secretKey().isPresent()) {
      throw new IllegalArgumentException(
          "source.accessKey and source.secretKey belong together; leave both out for a public"
              + " bucket.");
    }
    return spec.accessKey()
        .map(key -> new Bucket.Access(key, spec.secretKey().get(), spec.sessionToken()));
  }

  private static Git git(SourceSpec spec) {
    URI url = http(spec.url(), "source.url");
    if (url.getRawQuery() != null) {
      throw new IllegalArgumentException("source.url of a git repository has no \"?\".");
    }
    spec.commit().ifPresent(id -> require(id, "source.commit", "[0-9a-f]{40}"));
    spec.ref()
        .ifPresent(ref -> require(ref, "source.ref", "(?!-)[^\\p{Cntrl} ~^:?*\\[\\\\]{1,250}"));
    String pointers = spec.lfsPointers().orElse("refuse");
    if (!Set.of("refuse", "keep").contains(pointers)) {
      throw new IllegalArgumentException("source.lfsPointers is refuse or keep.");
    }
    return new Git(
        url,
        spec.ref(),
        spec.commit(),
        directory(spec.path().orElse("")),
        pointers.equals("keep"),
        login(spec),
        spec.skipLinks().orElse(false));
  }

  private static String directory(String path) {
    return path.replaceAll("^/+|/+$", "");
  }

  private static Optional<Login> login(SourceSpec spec) {
    if (spec.token().isPresent()) {
      return Optional.of(new Login(Optional.empty(), spec.token().get()));
    }
    if (spec.username().isPresent() != spec.password().isPresent()) {
      throw new IllegalArgumentException("source.username and source.password belong together.");
    }
    return spec.username().map(user -> new Login(Optional.of(user), spec.password().get()));
  }

  private static URI http(Optional<String> text, String member) {
    try {
      URI url = new URI(need(text, member, "an http or https URL"));
      boolean known =
          Set.of("http", "https")
              .contains(String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT));
      if (!known || url.getHost() == null || url.getUserInfo() != null) {
        throw new IllegalArgumentException(
            member
                + " is an http or https URL with a host and without a user: say user and password"
                + " as source.username and source.password.");
      }
      return url;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(member + " is no URL: " + e.getReason() + ".");
    }
  }

  private static String need(Optional<String> value, String member, String what) {
    return value
        .filter(Predicate.not(String::isBlank))
        .orElseThrow(() -> new IllegalArgumentException(member + " is missing: " + what + "."));
  }

  private static void require(String text, String member, String grammar) {
    if (!text.matches(grammar)) {
      throw new IllegalArgumentException(member + " is not valid: it is to fit " + grammar + ".");
    }
  }
}
