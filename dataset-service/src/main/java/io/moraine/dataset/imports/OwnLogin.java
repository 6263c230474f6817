package io.moraine.dataset.imports;

import java.net.URI;
import java.util.Objects;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;

/** Says a repository's login to the repository's own place, and to none that it leads on to. */
final class OwnLogin extends UsernamePasswordCredentialsProvider {
  /** What servers take before a token. */
  private static final String TOKEN_USER = "x-access-token";

  private final URI place;

  OwnLogin(URI place, ImportSource.Login login) {
    super(login.user().orElse(TOKEN_USER), login.secret().text());
    this.place = place;
  }

  @Override
  public boolean get(URIish uri, CredentialItem... items) {
    boolean isOwn =
        place.getScheme().equalsIgnoreCase(uri.getScheme())
            && place.getHost().equalsIgnoreCase(Objects.toString(uri.getHost(), ""))
            && place.getPort() == uri.getPort();
    return isOwn && super.get(uri, items);
  }
}
