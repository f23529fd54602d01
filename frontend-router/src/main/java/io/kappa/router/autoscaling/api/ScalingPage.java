package io.kappa.router.autoscaling.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive items of a longer list. The token says where the page ended, so what is made or deleted in between shifts nothing.
 *
 * @param nextToken null on the last page
 */
record ScalingPage<T>(List<T> items, @Nullable String nextToken) {
    private static final int MOST = 50;

    /** Stands before a position in a token, so that other text is told from it. */
    private static final String MARK = "after:";

    /** Writes one item as a JSON object. */
    @FunctionalInterface
    interface Item<T> {
        void write(JsonGenerator json, T item) throws IOException;
    }

    /**
     * @param all in the order of their positions
     * @param position a text that rises along the list
     */
    static <T> ScalingPage<T> of(Input input, Stream<T> all, Function<T, String> position) {
        int most = input.wholeOr("MaxResults", MOST);
        if (most < 1 || most > MOST) {
            throw ScaledResources.invalid("MaxResults must be between 1 and " + MOST + ", not " + most + ".");
        }
        var after = input.has("NextToken") ? parse(input.requiredText("NextToken")) : null;
        var found = all.filter(item -> after == null || position.apply(item).compareTo(after) > 0)
                .limit(most + 1L)
                .toList();
        return found.size() <= most
                ? new ScalingPage<>(found, null)
                : new ScalingPage<>(found.subList(0, most), token(position.apply(found.get(most - 1))));
    }

    private static String token(String last) {
        return Base64.getUrlEncoder().encodeToString((MARK + last).getBytes(StandardCharsets.UTF_8));
    }

    private static String parse(String token) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(MARK)) {
                return text.substring(MARK.length());
            }
        } catch (IllegalArgumentException e) {
            // As any other text that is no token.
        }
        throw new LambdaApiException(ErrorCode.INVALID_NEXT_TOKEN, "Invalid token: " + token);
    }

    /** @param name of the list in the answer */
    ApiAnswer answer(String name, Item<T> writer) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart(name);
            for (var item : items) {
                json.writeStartObject();
                writer.write(json, item);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (nextToken != null) {
                json.writeStringField("NextToken", Objects.requireNonNull(nextToken));
            }
            json.writeEndObject();
        });
    }
}
