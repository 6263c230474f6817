package io.moraine.kit.problem;

import io.moraine.kit.auth.Role;
import java.util.Map;
import java.util.Optional;

/** Refusals that any request may meet, whatever it is about. */
public sealed interface RequestProblem extends Problem {
  /** The body of a request that has to have one: what is not sent at all arrives as null. */
  static <T> T required(T body) {
    if (body == null) {
      throw new Invalid("The request has no body; this call takes a JSON object.").exception();
    }
    return body;
  }

  /** The request itself is wrong. */
  record Invalid(String detail) implements RequestProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "request/invalid";
    }
  }

  /** No key, or none that is known. */
  record UnknownKey() implements RequestProblem {
    @Override
    public int status() {
      return 401;
    }

    @Override
    public String type() {
      return "request/unknown-key";
    }

    @Override
    public String detail() {
      return "No such API key. Send one in the header X-API-Key, or as Authorization: Bearer.";
    }
  }

  /** The key's role is too small. */
  record RoleTooSmall(Role role, Role needed) implements RequestProblem {
    @Override
    public int status() {
      return 403;
    }

    @Override
    public String type() {
      return "request/role-too-small";
    }

    @Override
    public String detail() {
      return "This needs a key with the role %s; yours is %s. Ask an admin of your team for one."
          .formatted(needed.text(), role.text());
    }
  }

  /** It is not there, or it is another team's, which is the same. */
  record NotFound(String what, String which) implements RequestProblem {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return what.replace(' ', '-') + "/not-found";
    }

    @Override
    public String detail() {
      return "There is no %s %s in your team.".formatted(what, which);
    }
  }

  /**
   * It is no longer in the state that {@code If-Match} names.
   *
   * @param now the tag of the state it is in; none when it is not there
   */
  record ChangedMeanwhile(String what, Optional<String> now) implements RequestProblem {
    @Override
    public int status() {
      return 412;
    }

    @Override
    public String type() {
      return "request/changed-meanwhile";
    }

    @Override
    public String detail() {
      return now.map(
              tag ->
                  "%s has changed: its ETag is %s now, which If-Match does not name. Read it again, then change that."
                      .formatted(what, tag))
          .orElse(
              "%s is not there, and If-Match is for what is; leave it out to make one."
                  .formatted(what));
    }
  }

  /** Something we need does not answer; the same request may succeed later. */
  record Unavailable(String what) implements RequestProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "request/unavailable";
    }

    @Override
    public String detail() {
      return "%s does not answer. Nothing was changed; try again in a moment.".formatted(what);
    }
  }

  /** Something we need went away half way; whether the request took effect is not known. */
  record Interrupted(String what) implements RequestProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "request/interrupted";
    }

    @Override
    public String detail() {
      return "%s went away during the request, which may have been done or not. Look, then try again."
          .formatted(what);
    }
  }

  /** Our fault; the id is in the log. */
  record Fault(String id) implements RequestProblem {
    @Override
    public int status() {
      return 500;
    }

    @Override
    public String type() {
      return "request/fault";
    }

    @Override
    public String detail() {
      return "Something went wrong inside; the log has it under %s.".formatted(id);
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("instance", "urn:uuid:" + id);
    }
  }

  /** Nothing is called so, or not by this method. */
  record NoRoute(int status, String method, String path) implements RequestProblem {
    @Override
    public String type() {
      return "http/" + status;
    }

    @Override
    public String detail() {
      return "There is no %s %s here. GET /q/openapi lists what there is.".formatted(method, path);
    }
  }

  /** Any other status that the HTTP layer itself answers with. */
  record Http(int status, String detail) implements RequestProblem {
    @Override
    public String type() {
      return "http/" + status;
    }
  }
}
