package io.kappa.router.logs.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.router.api.operation.ApiAnswer;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Lists of groups and of streams, some at a time. */
final class LogPages {

    /** Writes one item as a JSON object. */
    @FunctionalInterface
    interface Item<T> {
        void write(JsonGenerator json, T item) throws IOException;
    }

    /**
     * @param name of the list in the answer
     * @param rest from where the page starts
     * @param position a text that says where an item stands
     */
    static <T> ApiAnswer answer(String name, Stream<T> rest, int most, Function<T, String> position, Item<T> writer) {
        List<T> found = rest.limit(most + 1L).toList();
        var items = found.subList(0, Math.min(most, found.size()));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart(name);
            for (var item : items) {
                json.writeStartObject();
                writer.write(json, item);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (found.size() > most) {
                json.writeStringField("nextToken", LogTokens.after(position.apply(items.getLast())));
            }
            json.writeEndObject();
        });
    }

    private LogPages() {}
}
