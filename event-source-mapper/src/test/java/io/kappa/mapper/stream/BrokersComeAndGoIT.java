package io.kappa.mapper.stream;

import static org.apache.kafka.common.internals.Topic.GROUP_METADATA_TOPIC_NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.testkit.ThreeBrokers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Brokers that are lost and come back, those that lead partitions, the group or the cluster among them, while members join and leave, and
 * records come all the time and some of them are poisonous.
 */
@Timeout(180)
class BrokersComeAndGoIT {
    private static final int PARTITIONS = 6;
    private static final int RECORDS_A_LOSS = 300;

    @TempDir
    private static Path data;

    private static ThreeBrokers brokers;

    /** Who is lost. */
    private enum Victim {
        LEADER_OF_A_PARTITION,
        COORDINATOR_OF_THE_GROUP,
        CONTROLLER_OF_THE_CLUSTER
    }

    @BeforeAll
    static void startBrokers() {
        brokers = ThreeBrokers.start(data);
    }

    @AfterAll
    static void stopBrokers() {
        brokers.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void everyRecordIsDeliveredOrGivenUpInTheOrderOfItsKeyAndNothingTwiceThatWasNotInFlight(int lanes)
            throws Exception {
        var random = new Random(lanes);
        var victims = new ArrayList<>(List.of(Victim.values()));
        Collections.shuffle(victims, random);
        try (var orders = new Orders(brokers.kafka(), PARTITIONS);
                var admin = Admin.create(orders.kafka.clientProperties())) {
            var mixed = new MixedOrders(orders, PARTITIONS, new Random(lanes));
            var members = new ArrayList<StreamPoller>();
            members.add(orders.start(MixedOrders.rules(lanes)));
            members.add(orders.start(MixedOrders.rules(lanes)));
            int produced = 0;
            int inFlight = 0;
            for (var victim : victims) {
                int settled = orders.seen.settled.get();
                var before = produceUpTo(mixed, produced + RECORDS_A_LOSS / 3);
                Orders.await("under way", () -> orders.seen.settled.get() > settled);
                int lost = node(victim, orders, admin, random);
                int committed = committed(orders, admin);

                brokers.lose(lost);
                joinOrLeave(members, orders, lanes, random);
                before.join();
                int without = produced + RECORDS_A_LOSS * 2 / 3;
                mixed.produceUpTo(without);
                Orders.await("goes on without the broker", () -> mixed.through(without));

                produced += RECORDS_A_LOSS;
                var after = produceUpTo(mixed, produced);
                brokers.bringBack(lost);
                after.join();
                awaitInSync(orders, admin);
                inFlight += produced - committed;
            }
            int all = produced;
            Orders.await("all through", () -> mixed.through(all));
            members.forEach(StreamPoller::close);

            mixed.assertNothingIsLostAndNothingElseGivenUp();
            mixed.assertKeysKeepTheirOrder();
            assertThat(mixed.surplus()).isLessThanOrEqualTo(orders.seen.repeated.get());
            assertThat(orders.seen.repeated).hasValueLessThanOrEqualTo(inFlight);
        }
    }

    private static CompletableFuture<Void> produceUpTo(MixedOrders mixed, int count) {
        return CompletableFuture.runAsync(() -> mixed.produceUpTo(count));
    }

    private static void joinOrLeave(List<StreamPoller> members, Orders orders, int lanes, Random random) {
        if (members.size() < 3 && (members.size() == 1 || random.nextBoolean())) {
            members.add(orders.start(MixedOrders.rules(lanes)));
        } else {
            members.remove(random.nextInt(members.size())).close();
        }
    }

    /** Records that are settled for good, whatever is lost now; all others of the topic may be in flight while the loss lasts. */
    private static int committed(Orders orders, Admin admin) throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(orders.uuid()).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToInt(committed -> Math.toIntExact(committed.offset()))
                .sum();
    }

    private static int node(Victim victim, Orders orders, Admin admin, Random random)
            throws InterruptedException, ExecutionException {
        return switch (victim) {
            case LEADER_OF_A_PARTITION ->
                only(admin.describeTopics(List.of(orders.topic)).topicNameValues())
                        .partitions()
                        .get(random.nextInt(PARTITIONS))
                        .leader()
                        .id();
            case COORDINATOR_OF_THE_GROUP ->
                only(admin.describeConsumerGroups(List.of(orders.uuid())).describedGroups())
                        .coordinator()
                        .id();
            case CONTROLLER_OF_THE_CLUSTER ->
                admin.describeMetadataQuorum().quorumInfo().get().leaderId();
        };
    }

    private static <T> T only(Map<String, KafkaFuture<T>> described) throws InterruptedException, ExecutionException {
        return described.values().iterator().next().get();
    }

    private static void awaitInSync(Orders orders, Admin admin) {
        Orders.await("everything is on three brokers again", () -> {
            try {
                return ThreeBrokers.inSync(admin, orders.topic, GROUP_METADATA_TOPIC_NAME);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
