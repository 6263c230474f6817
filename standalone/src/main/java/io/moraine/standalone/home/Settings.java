package io.moraine.standalone.home;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables that every process of a run agrees on, by their names. Ports are the user's or the
 * defaults of {@link #PORTS}; everything listens on loopback only.
 */
public record Settings(Home home, Map<String, String> variables) {
  /** Each port that a user can set, with its default. */
  public static final Map<String, Integer> PORTS = ports();

  public Settings {
    variables = Map.copyOf(variables);
  }

  /** Fails with {@link IllegalArgumentException}, fit to be shown, when a variable is no good. */
  public static Settings of(Environment user, Home home, Secrets secrets) {
    Map<String, String> all = new LinkedHashMap<>();
    PORTS.forEach((name, port) -> all.put(name, Integer.toString(user.port(name, port))));
    all.put("MORAINE_HOME", home.root().toString());
    all.put("MORAINE_REGION", user.get("MORAINE_REGION", "local"));
    all.put("MORAINE_SHARE_STORAGE", home.shareStorage().toString());
    all.put("MORAINE_ADMIN_KEY_FILE", secrets.adminKey().toString());
    all.put("MORAINE_SERVICE_KEY_FILE", secrets.serviceKey().toString());
    all.put("MORAINE_TOKEN_KEY_FILE", secrets.tokenKey().toString());
    all.put("MORAINE_GATEWAY_KEY_FILE", secrets.gatewayKey().toString());
    all.put("MORAINE_PROVIDER_KEY_FILE", secrets.providerKey().toString());
    // What a user of this machine names is this user's own: loopback and the network at home too.
    all.put("MORAINE_ALLOW_PRIVATE_ADDRESSES", user.get("MORAINE_ALLOW_PRIVATE_ADDRESSES", "true"));
    all.put("MORAINE_POSTGRES_HOST", "127.0.0.1");
    all.put("MORAINE_POSTGRES_USER", "moraine");
    all.put("MORAINE_POSTGRES_PASSWORD", secrets.postgresPassword());
    all.put("MORAINE_KAFKA", "127.0.0.1:" + all.get("MORAINE_KAFKA_PORT"));
    all.put("MORAINE_S3_ENDPOINT", url(all, "MORAINE_S3_PORT"));
    all.put("MORAINE_S3_REGION", "us-east-1");
    all.put("MORAINE_S3_BUCKET", "moraine");
    all.put("MORAINE_S3_ACCESS_KEY", secrets.s3AccessKey());
    all.put("MORAINE_S3_SECRET_KEY", secrets.s3SecretKey());
    all.put("MORAINE_GATEWAY_URL", url(all, "MORAINE_GATEWAY_PORT"));
    all.put("MORAINE_DATASET_URL", url(all, "MORAINE_DATASET_PORT"));
    all.put("MORAINE_CACHE_URL", url(all, "MORAINE_CACHE_PORT"));
    all.put("MORAINE_VOLUME_URL", url(all, "MORAINE_VOLUME_PORT"));
    String cacheBytes = user.get("MORAINE_CACHE_BYTES", "");
    if (!cacheBytes.isEmpty()) {
      all.put("MORAINE_CACHE_BYTES", cacheBytes);
    }
    return new Settings(home, all);
  }

  public String get(String name) {
    return new Environment(variables).require(name);
  }

  public int port(String name) {
    return Integer.parseInt(get(name));
  }

  private static String url(Map<String, String> variables, String port) {
    return "http://127.0.0.1:" + variables.get(port);
  }

  private static Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("MORAINE_POSTGRES_PORT", 54320);
    ports.put("MORAINE_KAFKA_PORT", 19092);
    ports.put("MORAINE_S3_PORT", 9090);
    ports.put("MORAINE_GATEWAY_PORT", 9000);
    ports.put("MORAINE_DATASET_PORT", 8080);
    ports.put("MORAINE_VOLUME_PORT", 8081);
    ports.put("MORAINE_CACHE_PORT", 8082);
    return Collections.unmodifiableMap(ports);
  }
}
