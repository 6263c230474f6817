package io.moraine.events;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.HookId;
import io.moraine.vocabulary.ImportId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.util.function.Function;

/**
 * Writes the domain's words as the strings they are, and refuses strings that are none when
 * reading.
 */
final class VocabularyModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  VocabularyModule() {
    add(TeamId.class, TeamId::new);
    add(DatasetId.class, DatasetId::new);
    add(ProviderId.class, ProviderId::new);
    add(VersionId.class, VersionId::new);
    add(DatasetName.class, DatasetName::new);
    add(TagName.class, TagName::new);
    add(RunName.class, RunName::new);
    add(ImportId.class, ImportId::new);
    add(HookId.class, HookId::new);
    add(DatasetRef.class, DatasetRef::parse);
    add(FilePath.class, FilePath::of);
    add(Sha256.class, Sha256::ofHex);
  }

  private <T> void add(Class<T> type, Function<String, T> parse) {
    addSerializer(type, new TextSerializer<>(type));
    addDeserializer(type, new TextDeserializer<>(type, parse));
    addKeySerializer(type, new KeySerializer<>(type));
    addKeyDeserializer(
        type,
        new com.fasterxml.jackson.databind.KeyDeserializer() {
          @Override
          public Object deserializeKey(String key, DeserializationContext context)
              throws IOException {
            try {
              return parse.apply(key);
            } catch (IllegalArgumentException e) {
              return context.handleWeirdKey(type, key, "%s", e.getMessage());
            }
          }
        });
  }

  private static final class TextSerializer<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;

    TextSerializer(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }

  private static final class KeySerializer<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;

    KeySerializer(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeFieldName(value.toString());
    }
  }

  private static final class TextDeserializer<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> parse;

    TextDeserializer(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
      String text = json.getValueAsString();
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException | NullPointerException e) {
        @SuppressWarnings("unchecked")
        T handled = (T) context.handleWeirdStringValue(handledType(), text, "%s", e.getMessage());
        return handled;
      }
    }
  }
}
