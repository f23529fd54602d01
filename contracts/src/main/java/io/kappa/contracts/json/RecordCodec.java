package io.kappa.contracts.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.kappa.contracts.deadletter.RedriveReference;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;

/**
 * JSON of one kind of record. Members that a reader does not know are ignored, so that old readers live with newer writers; an unknown
 * <em>kind</em> of record is an error, because skipping it would lose what it says. Names and ARNs are written as their text.
 */
public final class RecordCodec<T> {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(texts())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS) // Equal records have equal bytes.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final ObjectReader reader;
    private final ObjectWriter writer;

    private RecordCodec(Class<T> type) {
        reader = MAPPER.readerFor(type);
        writer = MAPPER.writerFor(type);
    }

    public static <T> RecordCodec<T> of(Class<T> type) {
        return new RecordCodec<>(type);
    }

    public byte[] encode(T record) {
        try {
            return writer.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UncheckedIOException where the bytes are not such a record */
    public T decode(byte[] bytes) {
        try {
            T record = reader.readValue(bytes);
            if (record == null) {
                throw new IOException("null is no record");
            }
            return record;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SimpleModule texts() {
        var module = new SimpleModule("kappa");
        asText(module, FunctionArn.class, FunctionArn::toString, FunctionArn::parse);
        asText(module, VersionArn.class, VersionArn::toString, VersionArn::parse);
        asText(module, Version.class, Version::toString, Version::parse);
        asText(module, RequestId.class, RequestId::toString, RequestId::parse);
        asText(module, InvocationTarget.class, InvocationTarget::toString, InvocationTarget::parse);
        asText(module, MappingId.class, MappingId::toString, MappingId::parse);
        asText(module, CodeSigningConfigId.class, CodeSigningConfigId::toString, CodeSigningConfigId::parse);
        asText(module, LayerArn.class, LayerArn::toString, LayerArn::parse);
        asText(module, LayerVersionArn.class, LayerVersionArn::toString, LayerVersionArn::parse);
        asText(module, RedriveReference.class, RedriveReference::toString, RedriveReference::parse);
        asText(
                module,
                RuntimeIdentifier.class,
                RuntimeIdentifier::wireName,
                name -> RuntimeIdentifier.of(name)
                        .orElseThrow(() -> new IllegalArgumentException("unknown runtime '" + name + "'")));
        return module;
    }

    private static <V> void asText(
            SimpleModule module, Class<V> type, Function<V, String> write, Function<String, V> read) {
        module.addSerializer(type, new JsonSerializer<V>() {
            @Override
            public void serialize(V value, JsonGenerator out, SerializerProvider provider) throws IOException {
                out.writeString(write.apply(value));
            }
        });
        module.addDeserializer(type, new JsonDeserializer<V>() {
            @Override
            public V deserialize(JsonParser in, DeserializationContext context) throws IOException {
                return read.apply(in.getText());
            }
        });
    }
}
