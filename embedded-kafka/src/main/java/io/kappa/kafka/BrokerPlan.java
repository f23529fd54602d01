package io.kappa.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * What a broker is to be, where it is to be more than {@link EmbeddedKafka#start(java.nio.file.Path, int)} makes of it: users' own clusters
 * have several brokers, and let nobody in without credentials.
 *
 * @param port where everybody on this machine is let in; 0 takes a free one
 * @param listeners further ways in, each on a free port; what they demand, {@code properties} say
 * @param membership among several brokers; empty where this one is the whole cluster
 * @param properties of the broker by Kafka's own names, which go before those that it has otherwise
 */
public record BrokerPlan(
        int port, List<SecurityProtocol> listeners, Optional<Membership> membership, Map<String, String> properties) {

    /**
     * A node's place in a cluster whose nodes are all broker and controller.
     *
     * @param cluster id of the cluster, as Kafka writes it
     * @param node id of this node
     * @param controllers port of each node's controller, this node's included
     */
    public record Membership(String cluster, int node, Map<Integer, Integer> controllers) {
        public Membership {
            controllers = Map.copyOf(controllers);
            if (!controllers.containsKey(node)) {
                throw new IllegalArgumentException("node " + node + " is none of the cluster's " + controllers);
            }
        }
    }

    public BrokerPlan {
        listeners = List.copyOf(listeners);
        properties = Map.copyOf(properties);
        if (listeners.contains(SecurityProtocol.PLAINTEXT)) {
            throw new IllegalArgumentException("everybody is let in at the port already");
        }
    }

    static BrokerPlan alone(int port) {
        return new BrokerPlan(port, List.of(), Optional.empty(), Map.of());
    }
}
