package io.kappa.deadletters.payload;

import java.util.Optional;

/** Where payloads lie. */
@FunctionalInterface
public interface PayloadSource {

    /** Nobody can tell at the moment whether the payload is there: the cluster is out of reach, or overwhelmed. */
    final class UnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public UnreachableException(String message) {
            super(message);
        }
    }

    /**
     * The payload of the record at an offset; empty where the record has gone from the topic.
     *
     * @throws UnreachableException where that cannot be told now
     */
    Optional<Payload> read(int partition, long offset);
}
