package io.kappa.router.autoscaling.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.autoscaling.api.ScaledResources.Resource;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the answers of all operations have in common. */
final class ScalingJson {
    private static final int OF_MILLISECONDS = 3;

    static void writeResource(JsonGenerator json, ScalingRecord record) throws IOException {
        json.writeStringField("ServiceNamespace", ScaledResources.NAMESPACE);
        json.writeStringField("ResourceId", Resource.id(record.function(), record.qualifier()));
        json.writeStringField("ScalableDimension", ScaledResources.DIMENSION);
    }

    /** Seconds since 1970, to the millisecond; nothing where there is no such time. */
    static void writeTime(JsonGenerator json, String name, @Nullable Instant time) throws IOException {
        if (time != null) {
            json.writeNumberField(name, BigDecimal.valueOf(time.toEpochMilli(), OF_MILLISECONDS));
        }
    }

    static void writeWhole(JsonGenerator json, String name, @Nullable Integer value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    static ApiAnswer empty() {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeEndObject();
        });
    }

    private ScalingJson() {}
}
