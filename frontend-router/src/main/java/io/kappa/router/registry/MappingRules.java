package io.kappa.router.registry;

import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import java.util.Optional;

/** How the options of a mapping must fit each other and the source. They come one by one and over time, so they are judged as a whole. */
public final class MappingRules {
    /** Batches of a queue that are larger are gathered, which takes time. */
    private static final int LARGEST_ONE_RECEIVE = 10;

    private static final int YOUNGEST_LIMIT_SECONDS = 60;

    /** What is wrong, in words for the caller. */
    public static Optional<String> problem(EventSource source, Options options) {
        return batching(source, options)
                .or(() -> age(options))
                .or(() -> windows(options))
                .or(() -> destination(source, options))
                .or(() -> scaling(options));
    }

    private static Optional<String> batching(EventSource source, Options options) {
        if (!(source instanceof Queue queue)) {
            return Optional.empty();
        }
        boolean gathers = options.batchWindowSeconds() != null && options.batchWindowSeconds() > 0;
        if (queue.fifo()) {
            return problemIf(gathers, "Batching window is not supported for FIFO queues")
                    .or(() -> problemIf(
                            options.batchSize() > LARGEST_ONE_RECEIVE,
                            "Maximum batch size is " + LARGEST_ONE_RECEIVE + " for FIFO queues"));
        }
        return problemIf(
                options.batchSize() > LARGEST_ONE_RECEIVE && !gathers,
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than "
                        + LARGEST_ONE_RECEIVE);
    }

    private static Optional<String> age(Options options) {
        int seconds = options.maximumRecordAgeSeconds();
        return problemIf(
                seconds != Options.UNLIMITED && seconds < YOUNGEST_LIMIT_SECONDS,
                "MaximumRecordAgeInSeconds must be -1 or at least " + YOUNGEST_LIMIT_SECONDS);
    }

    /** A window has one state for each shard, which batches of the shard that run at once could not pass on. */
    private static Optional<String> windows(Options options) {
        return problemIf(
                options.tumblingWindowSeconds() > 0 && options.parallelizationFactor() > 1,
                "TumblingWindowInSeconds cannot be combined with a ParallelizationFactor greater than 1");
    }

    /** What failed would be read again, and fail again. */
    private static Optional<String> destination(EventSource source, Options options) {
        if (options.onFailure() == null) {
            return Optional.empty();
        }
        return problemIf(
                Destination.parse(options.onFailure())
                        .filter(destination -> leadsBack(destination, source))
                        .isPresent(),
                "The destination topic cannot be a topic of the event source");
    }

    /** Streams lie on the cluster where queues and notification topics do; which cluster Kafka sources are on is not known here. */
    private static boolean leadsBack(Destination destination, EventSource source) {
        boolean stream = source instanceof Kinesis || source instanceof DynamoDb;
        return switch (destination) {
            case Destination.KafkaTopic(var topic) -> source.topics().contains(topic);
            case Destination.Queue(var _, var topic) ->
                stream && source.topics().contains(topic);
            case Destination.Notification(var _, var topic) ->
                stream && source.topics().contains(topic);
            case Destination.EventBus _, Destination.Function _, Destination.Bucket _ -> false;
        };
    }

    private static Optional<String> scaling(Options options) {
        var minimum = options.minimumPollers();
        var maximum = options.maximumPollers();
        if (minimum == null || maximum == null) {
            return Optional.empty();
        }
        return problemIf(
                        options.maximumConcurrency() != null,
                        "ScalingConfig and ProvisionedPollerConfig cannot be combined")
                .or(() -> problemIf(minimum > maximum, "MinimumPollers cannot be greater than MaximumPollers"));
    }

    private static Optional<String> problemIf(boolean condition, String problem) {
        return condition ? Optional.of(problem) : Optional.empty();
    }

    private MappingRules() {}
}
