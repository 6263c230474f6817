package io.moraine.dataset.imports;

import io.moraine.dataset.net.PublicAddresses;
import java.io.IOException;
import java.net.UnknownHostException;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.config.ConnectionConfig;
import org.apache.http.config.MessageConstraints;
import org.apache.http.conn.DnsResolver;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;

/**
 * HTTP to sources: every connection goes to an address that was looked up once and is public.
 * Redirects are followed by whoever asks, so that each of them comes here too. No proxy, no
 * cookies, no retries, nothing decoded on the way; answers' heads are limited. Thread-safe.
 */
final class SourceHttp implements AutoCloseable {
  /** More than the imports at once that hold one each, and what they look ahead. */
  private static final int CONNECTIONS = 32;

  private static final int CONNECT_MILLIS = 10_000;

  /** Without a byte for so long, a source has broken off. */
  private static final int SILENCE_MILLIS = 60_000;

  private static final int LONGEST_LINE = 16 << 10;
  private static final int MOST_HEADERS = 200;

  private final PublicAddresses addresses;
  private final CloseableHttpClient client;

  SourceHttp(PublicAddresses addresses) {
    this.addresses = addresses;
    this.client =
        HttpClients.custom()
            .setDnsResolver(resolver())
            .setUserAgent("Moraine")
            .setMaxConnTotal(CONNECTIONS)
            .setMaxConnPerRoute(CONNECTIONS)
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setMessageConstraints(
                        MessageConstraints.custom()
                            .setMaxLineLength(LONGEST_LINE)
                            .setMaxHeaderCount(MOST_HEADERS)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectTimeout(CONNECT_MILLIS)
                    .setConnectionRequestTimeout(SILENCE_MILLIS)
                    .setSocketTimeout(SILENCE_MILLIS)
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .build())
            .build();
  }

  /** For other clients that speak to sources. */
  DnsResolver resolver() {
    return addresses::allPublic;
  }

  CloseableHttpClient client() {
    return client;
  }

  /**
   * What a failure to speak to a source means: one that names a host which is none to connect to
   * will not pass.
   */
  static IOException broken(String what, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof io.moraine.dataset.net.PrivateAddressException) {
        throw new ImportFailedException(cause.getMessage());
      }
      if (cause instanceof UnknownHostException) {
        return new SourceBrokenException(
            what + " cannot be reached: there is no host " + cause.getMessage(), failure);
      }
    }
    String reason =
        failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    return new SourceBrokenException(what + " cannot be reached: " + reason, failure);
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
