package io.moraine.kit.auth;

import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.RequestScoped;
import java.util.Optional;

/**
 * Who makes the request that is being served. Inject it into resources; it is filled before they
 * run.
 */
@RequestScoped
public class Caller {
  private KeyInfo key;
  private Optional<TeamId> actsFor = Optional.empty();

  void become(KeyInfo key, Optional<TeamId> actsFor) {
    this.key = key;
    this.actsFor = actsFor;
  }

  /** As {@link #team}; none for a service that named none. */
  public Optional<TeamId> teamIfAny() {
    return key.team().or(() -> actsFor);
  }

  /** The team whose things this request is about. A service that named none is refused (400). */
  public TeamId team() {
    return teamIfAny()
        .orElseThrow(
            () ->
                new RequestProblem.Invalid(
                        "A service key belongs to no team: name the one you act for in the header "
                            + Authentication.TEAM_HEADER
                            + ".")
                    .exception());
  }

  public Role role() {
    return key.role();
  }

  /** The public id of the key. */
  public String keyId() {
    return key.id();
  }
}
