package io.kappa.standalone;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.worker.WorkerNode;
import io.kappa.worker.WorkerNodeSettings;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The worker nodes of this process. Where there are several, their metrics and what they say of their health are told apart by a number. */
final class Workers {
    private final List<WorkerNode> nodes;
    private final KafkaSettings kafka;

    private Workers(List<WorkerNode> nodes, KafkaSettings kafka) {
        this.nodes = nodes;
        this.kafka = kafka;
    }

    /** Starts them, one after the other. */
    static Workers start(List<WorkerNodeSettings> settings, KafkaSettings kafka, ServiceContext context)
            throws IOException, InterruptedException {
        var nodes = new ArrayList<WorkerNode>();
        for (var each : settings) {
            var own = settings.size() == 1 ? context : numbered(context, nodes.size() + 1);
            nodes.add(WorkerNode.assemble(each, kafka, own));
        }
        return new Workers(nodes, kafka);
    }

    private static ServiceContext numbered(ServiceContext context, int number) {
        var metrics = new CompositeMeterRegistry();
        metrics.config().commonTags("worker", Integer.toString(number));
        metrics.add(context.metrics());
        var health = new Health();
        context.health()
                .readyWhen("worker " + number, () -> health.unready().stream().findFirst());
        context.health()
                .aliveWhile("worker " + number, () -> health.dead().stream().findFirst());
        return new ServiceContext(
                context.vertx(), context.lifecycle(), metrics, health, context.management(), context.clock());
    }

    /**
     * Waits until all have told everybody of themselves. What an earlier process on this directory has said does not count.
     *
     * @return what they say, in the order of their settings
     * @throws IOException where it takes too long
     */
    List<WorkerStatus> announced(Duration atMost) throws IOException, InterruptedException {
        var codec = RecordCodec.of(WorkerStatus.class);
        Map<WorkerNode, WorkerStatus> said = new ConcurrentHashMap<>();
        var all = new CompletableFuture<List<WorkerStatus>>();
        try (var _ = new TopicReader(kafka, Topic.WORKERS_STATUS.name(kafka.topicPrefix()), record -> {
            for (var node : nodes) {
                if (record.value() != null && node.id().equals(record.key())) {
                    var status = codec.decode(record.value());
                    if (status.port() == node.port()) {
                        said.put(node, status);
                    }
                }
            }
            if (said.size() == nodes.size()) {
                all.complete(nodes.stream().map(said::get).toList());
            }
        })) {
            return all.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(
                    nodes.size() == 1
                            ? "the worker node has not announced itself after " + atMost.toSeconds() + " s"
                            : "not all worker nodes have announced themselves after " + atMost.toSeconds() + " s",
                    e);
        }
    }
}
