package io.kappa.router.api.mapping;

import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.router.api.function.UnsupportedOptions;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.MappingChange;
import io.kappa.router.registry.MappingChange.Pollers;
import io.kappa.router.registry.MappingRules;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the service about the options of a mapping, each by itself and for the kind of its source. How they fit each other is for
 * {@link MappingRules}.
 */
final class OptionRules {
    private static final int DEFAULT_QUEUE_BATCH = 10;
    private static final int DEFAULT_BATCH = 100;
    private static final int DEFAULT_MAXIMUM_POLLERS = 200;
    private static final String DESTINATIONS =
            "Unsupported DestinationConfig parameter for given event source mapping type.";

    /** The options of a new mapping. */
    static Options created(Input input, EventSource source, @Nullable StartingPosition position) {
        refuseForeign(input, source);
        var pollers = pollers(input, source, null);
        var options = new Options(
                input.wholeOr("BatchSize", source instanceof Queue ? DEFAULT_QUEUE_BATCH : DEFAULT_BATCH),
                input.whole("MaximumBatchingWindowInSeconds"),
                position,
                input.moment("StartingPositionTimestamp"),
                input.wholeOr("ParallelizationFactor", 1),
                Objects.requireNonNullElse(FilterPatterns.read(input, source), List.of()),
                input.wholeOr("MaximumRetryAttempts", Options.UNLIMITED),
                input.wholeOr("MaximumRecordAgeInSeconds", Options.UNLIMITED),
                input.flag("BisectBatchOnFunctionError"),
                input.wholeOr("TumblingWindowInSeconds", 0),
                input.holdsAnything("FunctionResponseTypes"),
                unlessEmpty(onFailure(input, source)),
                maximumConcurrency(input),
                pollers == null ? null : pollers.minimum(),
                pollers == null ? null : pollers.maximum(),
                unlessEmpty(metrics(input, source)));
        MappingRules.problem(source, options).ifPresent(problem -> {
            throw SourceRules.invalid(problem);
        });
        return options;
    }

    /** What is to change of a mapping. */
    static MappingChange changed(Input input, EventSourceMappingRecord before, @Nullable InvocationTarget target) {
        var source = before.source();
        refuseForeign(input, source);
        var responses = input.texts("FunctionResponseTypes");
        var scaling = input.structure("ScalingConfig");
        return new MappingChange(
                target,
                input.flagOrNull("Enabled"),
                SourceRules.access(input),
                input.whole("BatchSize"),
                input.whole("MaximumBatchingWindowInSeconds"),
                input.whole("ParallelizationFactor"),
                FilterPatterns.read(input, source),
                input.whole("MaximumRetryAttempts"),
                input.whole("MaximumRecordAgeInSeconds"),
                input.flagOrNull("BisectBatchOnFunctionError"),
                input.whole("TumblingWindowInSeconds"),
                responses == null ? null : !responses.isEmpty(),
                onFailure(input, source),
                scaling == null ? null : scaling.wholeOr("MaximumConcurrency", 0),
                pollers(input, source, before.options()),
                metrics(input, source));
    }

    /** Options that the source does not have, and those that Kappa has not built. Forms that mean "none" pass. */
    private static void refuseForeign(Input input, EventSource source) {
        switch (source) {
            case Queue _ -> {
                refuseIfOtherThan(input, "ParallelizationFactor", 1);
                refuseIfOtherThan(input, "MaximumRetryAttempts", Options.UNLIMITED);
                refuseIfOtherThan(input, "MaximumRecordAgeInSeconds", Options.UNLIMITED);
                refuseIfOtherThan(input, "TumblingWindowInSeconds", 0);
                if (input.flag("BisectBatchOnFunctionError")) {
                    throw unsupported("BisectBatchOnFunctionError");
                }
                refuseKafkaOptions(input);
            }
            case Kinesis _, DynamoDb _ -> {
                refuseIfHeld(input, "ScalingConfig");
                refuseIfHeld(input, "ProvisionedPollerConfig");
                refuseKafkaOptions(input);
            }
            case ManagedKafka _ -> {
                refuseForKafka(input);
                refuseIfHeld(input, "SelfManagedKafkaEventSourceConfig");
            }
            case SelfManagedKafka _ -> {
                refuseForKafka(input);
                refuseIfHeld(input, "AmazonManagedKafkaEventSourceConfig");
            }
        }
        refuseIfHeld(input, "DocumentDBEventSourceConfig");
        UnsupportedOptions.refuseIfHeld(input, "KMSKeyArn");
        UnsupportedOptions.refuseIfHeld(input, "LoggingConfig");
    }

    private static void refuseForKafka(Input input) {
        refuseIfOtherThan(input, "TumblingWindowInSeconds", 0);
        refuseIfHeld(input, "ScalingConfig");
    }

    private static void refuseKafkaOptions(Input input) {
        refuseIfHeld(input, "SourceAccessConfigurations");
        refuseIfHeld(input, "AmazonManagedKafkaEventSourceConfig");
        refuseIfHeld(input, "SelfManagedKafkaEventSourceConfig");
    }

    /** The consumer group that a request names; null where it names none. */
    static @Nullable String consumerGroup(Input input, EventSource source) {
        var config = switch (source) {
            case ManagedKafka _ -> input.structure("AmazonManagedKafkaEventSourceConfig");
            case SelfManagedKafka _ -> input.structure("SelfManagedKafkaEventSourceConfig");
            case Kinesis _, DynamoDb _, Queue _ -> null;
        };
        if (config == null) {
            return null;
        }
        UnsupportedOptions.refuseIfHeld(config, "SchemaRegistryConfig");
        return config.text("ConsumerGroupId");
    }

    /** Null where nothing is said of it; empty where it is cleared. */
    private static @Nullable String onFailure(Input input, EventSource source) {
        var destinations = input.structure("DestinationConfig");
        if (destinations == null) {
            return null;
        }
        var onSuccess = destinations.structure("OnSuccess");
        var onFailure = destinations.structure("OnFailure");
        if (onSuccess != null && onSuccess.holdsAnything("Destination")) {
            throw SourceRules.invalid(DESTINATIONS);
        }
        if (onFailure == null) {
            return null;
        }
        var text = onFailure.textOr("Destination", "");
        if (!text.isEmpty()) {
            requireDestination(text, source);
        }
        return text;
    }

    private static void requireDestination(String text, EventSource source) {
        if (source instanceof Queue) {
            throw SourceRules.invalid(DESTINATIONS);
        }
        switch (Destination.parse(text).orElse(null)) {
            case null -> throw SourceRules.invalid("The destination ARN " + text + " is invalid.");
            case Destination.Function _, Destination.EventBus _ ->
                throw SourceRules.invalid("The provided destination config DestinationConfig(onSuccess=null, "
                        + "onFailure=OnFailure(destination=" + text + ")) is invalid.");
            case Destination.Queue _, Destination.Notification _, Destination.KafkaTopic _, Destination.Bucket _ -> {
                // Topics and buckets may be made later.
            }
        }
    }

    private static @Nullable Integer maximumConcurrency(Input input) {
        var scaling = input.structure("ScalingConfig");
        return scaling == null ? null : scaling.whole("MaximumConcurrency");
    }

    /**
     * Null where nothing is said of provisioned mode.
     *
     * @param before where it keeps what is not given anew
     */
    private static @Nullable Pollers pollers(Input input, EventSource source, @Nullable Options before) {
        var config = input.structure("ProvisionedPollerConfig");
        if (config == null) {
            return null;
        }
        UnsupportedOptions.refuseIfHeld(config, "PollerGroupName");
        var minimum = config.whole("MinimumPollers");
        var maximum = config.whole("MaximumPollers");
        if (minimum == null && maximum == null) {
            return new Pollers(null, null);
        }
        int least = source instanceof Queue ? 2 : 1;
        if (minimum == null) {
            minimum = before == null || before.minimumPollers() == null ? least : before.minimumPollers();
        }
        if (maximum == null) {
            maximum = before == null || before.maximumPollers() == null
                    ? DEFAULT_MAXIMUM_POLLERS
                    : before.maximumPollers();
        }
        if (minimum < least) {
            throw SourceRules.invalid("MinimumPollers must be at least " + least + " for this event source");
        }
        return new Pollers(minimum, maximum);
    }

    /** Null where nothing is said of them; empty where they are cleared. */
    private static @Nullable List<String> metrics(Input input, EventSource source) {
        var config = input.structure("MetricsConfig");
        if (config == null) {
            return null;
        }
        var metrics = Objects.requireNonNullElse(config.texts("Metrics"), List.<String>of());
        switch (source) {
            case Queue _, Kinesis _, DynamoDb _ -> {
                if (!List.of("EventCount").containsAll(metrics)) {
                    throw unsupported("MetricsConfig");
                }
            }
            case ManagedKafka _, SelfManagedKafka _ -> {}
        }
        return metrics.stream().distinct().toList();
    }

    private static @Nullable String unlessEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static @Nullable List<String> unlessEmpty(@Nullable List<String> list) {
        return list == null || list.isEmpty() ? null : list;
    }

    private static void refuseIfOtherThan(Input input, String parameter, int none) {
        if (input.wholeOr(parameter, none) != none) {
            throw unsupported(parameter);
        }
    }

    static void refuseIfHeld(Input input, String parameter) {
        if (input.holdsAnything(parameter)) {
            throw unsupported(parameter);
        }
    }

    private static LambdaApiException unsupported(String parameter) {
        var name = parameter.substring(0, 1).toLowerCase(Locale.ROOT) + parameter.substring(1);
        return SourceRules.invalid("Unsupported '" + name + "' parameter for given event source mapping type.");
    }

    private OptionRules() {}
}
