package io.kappa.worker.extension;

import io.kappa.worker.extension.ExtensionRoster.Registration;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.Set;

/** What extensions ask of their environment. Called on its event loop. */
public interface ExtensionCalls {

    Registration register(String name, Set<EventType> events);

    /** What a registered extension is told of its function. */
    Function function();

    /** @param accountId told to those alone that accept it */
    record Function(String name, String version, String handler, String accountId) {}

    /**
     * The extension waits for an event.
     *
     * @param poll told what it gets; earlier ones of the extension get nothing any more
     */
    void next(String id, Poll poll);

    /** A question for the next event, which is answered once. */
    interface Poll {
        void give(ExtensionEvent event);

        void refuse(ExtensionRefusal refusal);
    }

    /** The connection of the question has broken. */
    void withdraw(String id, Poll poll);

    /** @param type in the extension's words */
    Optional<ExtensionRefusal> initError(String id, String type, Buffer body);

    /** @param type in the extension's words */
    Optional<ExtensionRefusal> exitError(String id, String type, Buffer body);

    /** The extension wants lines and events: a status and what is answered. */
    Answer subscribe(SubscriptionApi api, String id, Buffer body);

    /** By which of two APIs telemetry is asked for. */
    enum SubscriptionApi {
        TELEMETRY,
        LOGS
    }

    record Answer(int status, String body) {}
}
