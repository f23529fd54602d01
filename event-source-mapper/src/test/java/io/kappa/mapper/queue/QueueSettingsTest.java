package io.kappa.mapper.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.settings.Settings;
import io.kappa.kit.settings.SettingsException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueSettingsTest {
    @Test
    void aQueueIsAsInSqsWhereNothingIsSaid() {
        var policy = QueueSettings.from(new Settings(Map.of())).of("orders");
        assertThat(policy).isEqualTo(new QueuePolicy(Duration.ofSeconds(30), 5, null));
    }

    @Test
    void aQueueMayHaveItsOwnAndTakesTheRestFromWhatHoldsForAll() {
        // given
        var settings = new Settings(Map.of(
                "mapper.queue.max-receive-count", "3",
                "mapper.queues.orders.visibility-timeout", "2m",
                "mapper.queues.orders.dead-letter-topic", "orders-dead",
                "mapper.queues.old.name.max-receive-count", "9"));
        // when
        var queues = QueueSettings.from(settings);
        settings.check();
        // then
        assertThat(queues.of("orders")).isEqualTo(new QueuePolicy(Duration.ofMinutes(2), 3, "orders-dead"));
        assertThat(queues.of("old.name")).isEqualTo(new QueuePolicy(Duration.ofSeconds(30), 9, null));
        assertThat(queues.of("other")).isEqualTo(new QueuePolicy(Duration.ofSeconds(30), 3, null));
    }

    @Test
    void aWordThatNoQueueKnowsIsRefused() {
        // given
        var settings = new Settings(Map.of("mapper.queues.orders.max-recieve-count", "3"));
        // when
        QueueSettings.from(settings);
        // then
        assertThatThrownBy(settings::check)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("unknown setting 'mapper.queues.orders.max-recieve-count'; did you mean"
                        + " 'mapper.queues.orders.max-receive-count'?");
    }

    @Test
    void aCountOutsideOfSqssBoundsIsRefused() {
        // given
        var settings = new Settings(Map.of("mapper.queues.orders.max-receive-count", "1001"));
        // when
        QueueSettings.from(settings);
        // then
        assertThatThrownBy(settings::check)
                .hasMessageContaining("'mapper.queues.orders.max-receive-count' is '1001', which is not a whole number"
                        + " from 1 to 1000");
    }
}
