package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads what functions answer. Success is whatever leaves nothing to read: no answer, {@code null}, an empty object, list or text, and an
 * object that names no failures. Anything else that is not of the form asked for fails the batch, whatever the source.
 *
 * @param failures whether the function was asked to name the records that failed; if not, no answer is wrong
 * @param state whether it has to return a state, because it has windows
 */
record BatchAnswers(boolean failures, boolean state) {
    private static final JsonFactory JSON = new ObjectMapper().getFactory();
    private static final String FAILURES = "batchItemFailures";
    private static final String IDENTIFIER = "itemIdentifier";
    private static final String STATE = "state";

    /** As JSON gives it, {@code itemIdentifier} is one thing for Kafka and another for all others. */
    @FunctionalInterface
    interface IdentifierForm {
        /** The identifier as {@link EventForm#identifier} has it, or null where this is none. */
        @Nullable
        String read(JsonNode item);
    }

    static final IdentifierForm TEXT =
            item -> item.isTextual() && !item.textValue().isEmpty() ? item.textValue() : null;

    BatchResponse read(
            byte[] response,
            List<ConsumerRecord<byte[], byte[]>> records,
            Function<ConsumerRecord<byte[], byte[]>, String> identifier,
            IdentifierForm form) {
        if (!failures && !state) {
            return new BatchResponse.Succeeded(null);
        }
        Answer answer;
        try {
            answer = Answer.parse(Utf8.strict(response).orElseThrow(() -> new IOException("not UTF-8")));
        } catch (IOException e) {
            return new BatchResponse.Failed("the function's answer is not the JSON that was asked for");
        }
        if (state && answer.state == null) {
            return new BatchResponse.Failed("the function has windows and its answer has no state");
        }
        var kept = state ? answer.state : null;
        if (!failures || answer.failures == null) {
            return new BatchResponse.Succeeded(kept);
        }
        var named = new HashSet<String>();
        for (var failure : answer.failures) {
            var item = failure.get(IDENTIFIER);
            var name = item == null ? null : form.read(item);
            if (name == null) {
                return new BatchResponse.Failed("the function's answer has a failure without an itemIdentifier");
            }
            named.add(name);
        }
        return found(named, records, identifier, kept);
    }

    private static BatchResponse found(
            Set<String> named,
            List<ConsumerRecord<byte[], byte[]>> records,
            Function<ConsumerRecord<byte[], byte[]>, String> identifier,
            @Nullable String state) {
        if (named.isEmpty()) {
            return new BatchResponse.Succeeded(state);
        }
        var indexes = new HashSet<Integer>();
        var unknown = new HashSet<>(named);
        for (int i = 0; i < records.size(); i++) {
            var name = identifier.apply(records.get(i));
            if (named.contains(name)) {
                indexes.add(i);
                unknown.remove(name);
            }
        }
        return unknown.isEmpty()
                ? new BatchResponse.Partly(indexes, state)
                : new BatchResponse.Failed("the function's answer names a record that was not in the batch");
    }

    /**
     * The members of an answer that count.
     *
     * @param failures a list, or null
     * @param state JSON of an object as it was written, or null
     */
    private record Answer(
            @Nullable JsonNode failures, @Nullable String state) {
        private static final Answer NOTHING = new Answer(null, null);

        static Answer parse(String text) throws IOException {
            if (text.isBlank()) {
                return NOTHING;
            }
            try (var json = JSON.createParser(text)) {
                var first = json.nextToken();
                var answer = switch (first) {
                    case VALUE_NULL -> NOTHING;
                    case START_OBJECT -> members(json, text);
                    case START_ARRAY -> {
                        expect(json.nextToken() == JsonToken.END_ARRAY);
                        yield NOTHING;
                    }
                    case VALUE_STRING -> {
                        expect(json.getText().isEmpty());
                        yield NOTHING;
                    }
                    default -> throw new IOException("neither object nor nothing");
                };
                expect(json.nextToken() == null);
                return answer;
            }
        }

        private static Answer members(JsonParser json, String text) throws IOException {
            JsonNode failures = null;
            String state = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = json.currentName();
                var value = json.nextToken();
                if (name.equals(FAILURES) && value != JsonToken.VALUE_NULL) {
                    failures = json.readValueAsTree();
                    expect(failures.isArray());
                } else if (name.equals(STATE) && value == JsonToken.START_OBJECT) {
                    int from = (int) json.currentTokenLocation().getCharOffset();
                    json.skipChildren();
                    state = text.substring(from, (int) json.currentLocation().getCharOffset());
                } else {
                    json.skipChildren();
                }
            }
            return new Answer(failures, state);
        }

        private static void expect(boolean condition) throws IOException {
            if (!condition) {
                throw new IOException("not of the form");
            }
        }
    }
}
