package io.kappa.router.usage;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.metering.DailyUsage;
import io.kappa.contracts.metering.UseBatch;
import io.kappa.contracts.topic.Topic;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.Stores;

/**
 * How records of invocations become the usage of days.
 *
 * <pre>
 *   functions.metering ──▶ windows of one day, by function ──▶ functions.usage
 *                             │
 *                    a store of three days, with a changelog
 * </pre>
 *
 * <p>A day is a window, in UTC, to which an invocation belongs by its start. What comes more than a day after the day's end is left out, so
 * that days end. The store is cached, so that a function's day is written once for each commit and not for each invocation.
 */
final class UsageTopology {
    static final String STORE = "days";
    static final Duration DAY = Duration.ofDays(1);

    private static final Duration KEPT = DAY.multipliedBy(3);

    static Topology of(String topicPrefix) {
        var builder = new StreamsBuilder();
        builder.stream(
                        Topic.FUNCTIONS_METERING.name(topicPrefix),
                        Consumed.with(Serdes.String(), serde(UseBatch.class)))
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(DAY, DAY))
                .aggregate(
                        () -> NOTHING,
                        (_, batch, sum) -> sum.plus(batch),
                        Materialized.<String, DailyUsage>as(Stores.persistentWindowStore(STORE, KEPT, DAY, false))
                                .withKeySerde(Serdes.String())
                                .withValueSerde(serde(DailyUsage.class))
                                .withCachingEnabled()
                                .withLoggingEnabled(Map.of()))
                .toStream()
                .mapValues(UsageTopology::named)
                .selectKey((_, usage) -> usage.key())
                .to(Topic.FUNCTIONS_USAGE.name(topicPrefix), Produced.with(Serdes.String(), serde(DailyUsage.class)));
        return builder.build();
    }

    /** The sum is named when it leaves: inside, its window says whose it is, and of which day. */
    private static final DailyUsage NOTHING =
            DailyUsage.none(FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:none"), LocalDate.EPOCH);

    private static DailyUsage named(Windowed<String> of, DailyUsage sum) {
        var day = LocalDate.ofInstant(of.window().startTime(), ZoneOffset.UTC);
        return new DailyUsage(1, FunctionArn.parse(of.key()), day, sum.shares());
    }

    private static <T> Serde<T> serde(Class<T> type) {
        var codec = RecordCodec.of(type);
        return Serdes.serdeFrom((_, value) -> codec.encode(value), (_, bytes) -> codec.decode(bytes));
    }

    private UsageTopology() {}
}
