package io.kappa.mapper.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.testkit.KafkaInThisJvm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShareGroupIT {
    private static final Duration LOCK = Duration.ofSeconds(20);

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final String topic = kafka.topicPrefix() + "-queue";
    private final ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, topic);
    private final Admin admin = Admin.create(kafka.clientProperties());

    @BeforeEach
    void makeQueue() throws InterruptedException {
        Topics.ensure(kafka, List.of(new Topics.Wanted(topic, 1, Map.of())));
    }

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void readsFromTheOldestRecordWithAsManyDeliveriesAsTheBrokerPermits() throws Exception {
        // when
        var prepared = ShareGroup.prepare(admin, topic, topic, LOCK);
        // then
        assertThat(prepared).isEqualTo(new ShareGroup(25, LOCK, 1));
        assertThat(value("share.auto.offset.reset")).isEqualTo("earliest");
        assertThat(value("share.isolation.level")).isEqualTo("read_committed");
        assertThat(value("share.delivery.count.limit")).isEqualTo("25");
        assertThat(value("share.partition.max.record.locks")).isEqualTo("10000");
    }

    @Test
    void leavesWhereTheGroupStartsToWhoeverHasSaidSo() throws Exception {
        // given
        var latest = new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "latest"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(group, List.<AlterConfigOp>of(latest)))
                .all()
                .get(30, TimeUnit.SECONDS);
        // when
        ShareGroup.prepare(admin, topic, topic, LOCK);
        // then
        assertThat(value("share.auto.offset.reset")).isEqualTo("latest");
    }

    @Test
    void takesTheNearestLockThatTheBrokerPermits() throws Exception {
        assertThat(ShareGroup.prepare(admin, topic, topic, Duration.ofMillis(1)).lock())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(ShareGroup.prepare(admin, topic, topic, Duration.ofHours(1)).lock())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aGroupThatForbidsRenewalsIsNoQueue() throws Exception {
        // given
        var never =
                new AlterConfigOp(new ConfigEntry("share.renew.acknowledge.enable", "false"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(group, List.<AlterConfigOp>of(never)))
                .all()
                .get(30, TimeUnit.SECONDS);
        // then
        assertThatThrownBy(() -> ShareGroup.prepare(admin, topic, topic, LOCK))
                .isInstanceOf(ShareGroup.BrokenException.class)
                .hasMessage("share group " + topic + " does not permit locks to be renewed:"
                        + " share.renew.acknowledge.enable is false; queues need it to be true");
    }

    @Test
    void aClusterWithoutShareGroupsIsNamedAsSuch() {
        assertThatThrownBy(() -> ShareGroup.requireShareGroups(0))
                .hasMessage("the Kafka cluster has no share groups, of which standard queues are made: its feature"
                        + " share.version is at 0 and has to be at 1 (Kafka 4.2 or later)");
    }

    private String value(String key) throws Exception {
        var described = admin.describeConfigs(List.of(group)).all().get(30, TimeUnit.SECONDS);
        return Objects.requireNonNull(described.get(group)).get(key).value();
    }
}
