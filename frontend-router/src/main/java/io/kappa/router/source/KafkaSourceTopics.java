package io.kappa.router.source;

import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster. A topic that may be there passes: whether it can be read, the mapper finds out in any case. */
public final class KafkaSourceTopics implements SourceTopics, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSourceTopics.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Admin admin;

    private KafkaSourceTopics(Admin admin) {
        this.admin = admin;
    }

    public static KafkaSourceTopics start(KafkaSettings kafka) {
        var properties = kafka.clientProperties();
        var patience = Integer.toString((int) PATIENCE.toMillis());
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
        return new KafkaSourceTopics(Admin.create(properties));
    }

    @Override
    public boolean isMissing(String topic) {
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof InvalidTopicException) {
                return true;
            }
            return passed(topic, e);
        } catch (TimeoutException e) {
            return passed(topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return passed(topic, e);
        }
    }

    private static boolean passed(String topic, Exception cause) {
        LOG.atWarn()
                .addKeyValue("topic", topic)
                .setCause(cause)
                .log("the cluster does not say whether the topic exists, so it is taken to");
        return false;
    }

    @Override
    public void close() {
        admin.close(PATIENCE);
    }
}
