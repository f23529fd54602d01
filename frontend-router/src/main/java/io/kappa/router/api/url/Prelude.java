package io.kappa.router.api.url;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a streamed result of {@link #CONTENT_TYPE}: a JSON object with status, headers and cookies, and eight bytes of zero that
 * end it. Comes in parts that may end anywhere.
 */
public final class Prelude {
    public static final String CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";

    private static final int ZEROS = 8;
    static final int LONGEST = 1024 * 1024;
    private static final String DEFAULT_TYPE = "application/octet-stream";

    private final Buffer gathered = Buffer.buffer();
    private int zeros;
    private @Nullable ResponseHead head;

    /**
     * Takes in a part.
     *
     * @return what of it belongs to the body, once the head is known; nothing before
     * @throws MalformedResultException where there can be no response with such a head
     */
    public Optional<Buffer> take(Buffer part) {
        for (int i = 0; i < part.length(); i++) {
            zeros = part.getByte(i) == 0 ? zeros + 1 : 0;
            if (zeros == ZEROS) {
                gathered.appendBuffer(part, 0, i + 1);
                var tree = UrlResponse.read(gathered.getBytes(0, gathered.length() - ZEROS));
                head = ResponseHead.of(tree, DEFAULT_TYPE);
                return Optional.of(part.slice(i + 1, part.length()));
            }
        }
        gathered.appendBuffer(part);
        if (gathered.length() > LONGEST) {
            throw new MalformedResultException("the prelude has no end");
        }
        return Optional.empty();
    }

    /** Null until the end of the prelude is there. */
    public @Nullable ResponseHead head() {
        return head;
    }
}
