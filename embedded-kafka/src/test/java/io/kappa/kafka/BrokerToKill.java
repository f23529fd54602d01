package io.kappa.kafka;

import java.nio.file.Path;
import java.util.Map;

/** A process that writes one record to a broker of its own, says so, and waits to be killed. */
final class BrokerToKill {
    static final String READY = "ready";

    public static void main(String[] arguments) throws Exception {
        var kafka = EmbeddedKafka.start(Path.of(arguments[0]), 0);
        EmbeddedKafkaIT.produce(kafka, Map.of(), "from the other process");
        System.out.println(READY);
        Thread.currentThread().join();
    }

    private BrokerToKill() {}
}
