package io.kappa.asyncqueue.event;

import io.kappa.contracts.topic.Topic;

/** The topics that events and responses are kept in; state points there instead of keeping copies. */
public enum Source {
    QUEUED(Topic.INVOCATIONS_QUEUED),
    FORWARDED(Topic.INVOCATIONS_FORWARDED),
    OUTCOMES(Topic.INVOCATIONS_OUTCOMES);

    private final Topic topic;

    Source(Topic topic) {
        this.topic = topic;
    }

    public Topic topic() {
        return topic;
    }
}
