package io.kappa.mapper.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of a mapping's group that join and leave all the time, while records come and some of them are poisonous. */
class MembersComeAndGoIT {
    private static final int PARTITIONS = 6;
    private static final int RECORDS = 2_400;
    private static final int CHANGES = 12;

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void everyRecordIsDeliveredOrGivenUpInTheOrderOfItsKeyAndNothingTwiceThatIsNotCounted(int lanes) throws Exception {
        var random = new Random(lanes);
        try (var orders = new Orders(PARTITIONS)) {
            var mixed = new MixedOrders(orders, PARTITIONS, random);
            var members = new ArrayList<StreamPoller>();
            members.add(orders.start(MixedOrders.rules(lanes)));
            for (int change = 0; change < CHANGES; change++) {
                mixed.produceUpTo(RECORDS * (change + 1) / CHANGES);
                int settled = orders.seen.settled.get();
                if (members.size() < 3 && (members.size() == 1 || random.nextBoolean())) {
                    members.add(orders.start(MixedOrders.rules(lanes)));
                } else {
                    members.remove(random.nextInt(members.size())).close();
                }
                Orders.await(
                        "goes on", () -> orders.seen.settled.get() > settled || orders.seen.settled.get() >= RECORDS);
            }
            Orders.await("all settled", () -> orders.seen.settled.get() >= RECORDS);
            members.forEach(StreamPoller::close);

            mixed.assertNothingIsLostAndNothingElseGivenUp();
            mixed.assertKeysKeepTheirOrder();
            assertThat(mixed.surplus()).isLessThanOrEqualTo(orders.seen.repeated.get());
        }
    }
}
