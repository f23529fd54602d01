package io.kappa.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final Faults faults = new Faults();

    @AfterEach
    void forget() {
        faults.forget();
    }

    @Test
    void aFatalFaultIsReportedAndDoesNotEndTheProcess() {
        var handler = faults.build("raft manager", true, () -> {});
        assertThat(handler.handleFault("log is broken", new IllegalStateException()))
                .hasMessageContaining("log is broken");
        assertThat(faults.fatal()).isCompletedWithValue("raft manager: log is broken");
    }

    @Test
    void aFaultThatIsNotFatalIsOnlyLogged() {
        faults.build("metadata publishing", false, () -> {}).handleFault("could not publish", null);
        assertThat(faults.fatal()).isNotDone();
    }

    @Test
    void kafkaCannotEndTheProcessButEveryBrokerHearsThatItWantedTo() {
        assertThatThrownBy(() -> Exit.halt(1, "all log directories failed")).hasMessage("all log directories failed");
        assertThat(faults.fatal()).isCompletedWithValue("all log directories failed");
    }

    @Test
    void aBrokerThatIsGoneHearsNothing() {
        faults.forget();
        assertThatThrownBy(() -> Exit.exit(1)).hasMessage("Kafka stopped with status 1");
        assertThat(faults.fatal()).isNotDone();
    }
}
