package io.moraine.dataset.imports;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A text that stands in no log. JSON holds it: mask it before it is shown. */
@Schema(type = SchemaType.STRING, format = "password")
public record Secret(@JsonValue String text) {
  static final Secret MASKED = new Secret("********");

  @JsonCreator
  public Secret {}

  @Override
  public String toString() {
    return MASKED.text;
  }
}
