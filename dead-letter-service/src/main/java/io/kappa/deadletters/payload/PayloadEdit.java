package io.kappa.deadletters.payload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.flipkart.zjsonpatch.JsonPatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A change of the payload before it is sent again: one of the two.
 *
 * @param patch operations of RFC 6902 (JSON Patch)
 * @param merge a document of RFC 7386 (JSON Merge Patch)
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PayloadEdit(
        @Nullable JsonNode patch, @Nullable JsonNode merge) {
    /** Bounds of a patch. Copies can double a document each, so few of them are plenty. */
    private static final int MOST_OPERATIONS = 100;

    private static final int MOST_COPIES = 5;

    /** Numbers stay as they were written, and nothing may stand behind the document. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** An edit that cannot be made on a payload. The message says why in one line. */
    public static final class NotApplicableException extends Exception {
        private static final long serialVersionUID = 1L;

        NotApplicableException(String message) {
            super(message);
        }
    }

    public PayloadEdit {
        patch = patch == null || patch.isNull() ? null : patch;
        merge = merge == null || merge.isNull() ? null : merge;
        if ((patch == null) == (merge == null)) {
            throw new IllegalArgumentException("an edit is either a patch (RFC 6902) or a merge (RFC 7386)");
        }
        if (patch != null) {
            validate(patch);
        }
    }

    private static void validate(JsonNode patch) {
        try {
            JsonPatch.validate(patch);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not a JSON Patch: " + firstLine(e), e);
        }
        long copies = patch.valueStream()
                .filter(operation -> operation.path("op").asText().equals("copy"))
                .count();
        if (patch.size() > MOST_OPERATIONS || copies > MOST_COPIES) {
            throw new IllegalArgumentException(
                    "a patch has at most " + MOST_OPERATIONS + " operations, and " + MOST_COPIES + " that copy");
        }
    }

    /** The payload as it is after the edit. One without bytes counts as an object without members, as it does for functions. */
    public Payload apply(Payload payload) throws NotApplicableException {
        var before = parse(payload);
        try {
            var after = patch == null ? merged(before, merge) : patched(before, patch);
            return Payload.of(JSON.writeValueAsBytes(after));
        } catch (IOException | RuntimeException e) { // The library has several for what does not fit together.
            throw new NotApplicableException("the edit does not apply: " + firstLine(e));
        }
    }

    private static JsonNode parse(Payload payload) throws NotApplicableException {
        var bytes = payload.bytes();
        if (bytes == null || bytes.length == 0) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            var node = JSON.readTree(bytes);
            if (node.isMissingNode()) {
                throw new NotApplicableException("the payload is not JSON: nothing but space");
            }
            return node;
        } catch (IOException e) {
            throw new NotApplicableException("the payload is not JSON");
        }
    }

    /** One operation after the other, because the library lets remove what is not there, which the standard does not. */
    private static JsonNode patched(JsonNode before, JsonNode patch) throws NotApplicableException {
        var document = before;
        for (var operation : patch) {
            var path = operation.path("path").asText();
            if (operation.path("op").asText().equals("remove")
                    && document.at(path).isMissingNode()) {
                throw new NotApplicableException("the edit does not apply: there is nothing to remove at " + path);
            }
            document = JsonPatch.apply(JsonNodeFactory.instance.arrayNode().add(operation), document);
        }
        return document;
    }

    /** RFC 7386, section 2, word by word. */
    private static JsonNode merged(JsonNode target, @Nullable JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch == null ? target : patch;
        }
        var result = target instanceof ObjectNode object ? object.deepCopy() : JsonNodeFactory.instance.objectNode();
        for (var change : changes.properties()) {
            if (change.getValue().isNull()) {
                result.remove(change.getKey());
            } else {
                var before = result.path(change.getKey());
                result.set(change.getKey(), merged(before, change.getValue()));
            }
        }
        return result;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
