package io.kappa.worker.invocation;

import static io.kappa.worker.invocation.RegistrySamples.FUNCTION;
import static io.kappa.worker.invocation.RegistrySamples.LATEST;
import static io.kappa.worker.invocation.RegistrySamples.deployment;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.worker.environment.EnvironmentKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DeployedFunctionsTest {
    private final DeployedFunctions functions = new DeployedFunctions();
    private final List<FunctionArn> changed = new ArrayList<>();

    @Test
    void knowsWhatAVersionRuns() {
        read(RegistrySamples.function());
        read(RegistrySamples.latest(3));

        assertThat(functions.running(LATEST, 3)).contains(deployment(3));
        assertThat(functions.running(LATEST, 2)).contains(deployment(3));
        assertThat(functions.running(LATEST, 4)).isEmpty();
    }

    @Test
    void tellsOnceAfterAChangeHowFunctionsAreConfigured() {
        assertThat(functions.changed()).isEmpty();
        read(RegistrySamples.function());
        read(RegistrySamples.latest(3));

        assertThat(functions.changed()).contains(List.of(deployment(3).configuration()));
        assertThat(functions.changed()).isEmpty();
    }

    @Test
    void onlyWhatRunsNowIsCurrent() {
        read(RegistrySamples.function());
        read(RegistrySamples.latest(1));
        read(RegistrySamples.latest(2));

        assertThat(functions.current(new EnvironmentKey(LATEST, 2))).isTrue();
        assertThat(functions.current(new EnvironmentKey(LATEST, 1))).isFalse();

        read(RegistrySamples.latestGone());
        assertThat(functions.current(new EnvironmentKey(LATEST, 2))).isFalse();
    }

    @Test
    void goesOnReadingAfterWhatIsSetForEvents() {
        read(RegistrySamples.function());
        read(RegistrySamples.latest(1));

        read(RegistrySamples.eventInvokeConfig());
        read(RegistrySamples.eventInvokeConfigGone());

        assertThat(functions.current(new EnvironmentKey(LATEST, 1))).isTrue();
        assertThat(changed).hasSize(4).containsOnly(FUNCTION);
    }

    @Test
    void letsWaitForADeploymentThatIsNotReadYet() {
        read(RegistrySamples.function());
        read(RegistrySamples.latest(1));
        var second = functions.awaited(LATEST, 2);
        var third = functions.awaited(LATEST, 3);
        assertThat(second).isNotDone();

        read(RegistrySamples.latest(2));

        assertThat(second).isCompletedWithValue(deployment(2));
        assertThat(third).isNotDone();
        third.cancel(false);
        read(RegistrySamples.latest(3));
    }

    @Test
    void keepsNobodyWaitingForWhatIsThere() {
        read(RegistrySamples.function());
        read(RegistrySamples.latest(1));

        assertThat(functions.awaited(LATEST, 1)).isCompletedWithValue(deployment(1));
    }

    @Test
    void letsOnlySoManyWait() {
        for (int i = 0; i < DeployedFunctions.MOST_WAITING; i++) {
            assertThat(functions.awaited(LATEST, 1)).isNotDone();
        }
        assertThat(functions.awaited(LATEST, 1)).isCancelled();

        read(RegistrySamples.function());
        read(RegistrySamples.latest(1));
        assertThat(functions.awaited(LATEST, 2)).isNotDone();
    }

    @Test
    void tellsWhichFunctionEveryRecordIsAbout() {
        read(RegistrySamples.function());
        read(RegistrySamples.latest(1));
        read(RegistrySamples.latestGone());

        assertThat(changed).containsExactly(FUNCTION, FUNCTION, FUNCTION);
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        functions.read(record, changed::add);
    }
}
