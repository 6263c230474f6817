package io.moraine.kit.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a key may do; each role may do what the ones before it may. */
public enum Role {
  /** Reads what its team has. */
  READER,
  /** Changes what its team has. */
  WRITER,
  /** Manages its team's keys and providers. */
  ADMIN,
  /**
   * One of our own services: belongs to no team, names the one it acts for in {@code
   * X-Moraine-Team}.
   */
  SERVICE;

  public boolean allows(Role needed) {
    return compareTo(needed) >= 0;
  }

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static Role of(String text) {
    for (Role role : values()) {
      if (role.text().equals(text)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "role \"" + text + "\" is not valid: one of reader, writer, admin, service.");
  }
}
