package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.latest;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An account has so much room for packages. */
class StorageLimitDecisionsTest {
    private static final String EXCEEDED = "Code storage limit exceeded.";

    private final Ownership owner = new Ownership();

    private final CodePackage whole = sized("w", RegistryDecisions.CODE_BYTES_PER_ACCOUNT);
    private final CodePackage half = sized("h", RegistryDecisions.CODE_BYTES_PER_ACCOUNT / 2);

    @Test
    void anAccountMayBeFullToTheLastByte() {
        owner.stored(whole).done(Samples.create(GREET, whole));

        assertThat(owner.stored(CODE).ask(Samples.create(PART, CODE)))
                .isEqualTo(refused(ErrorCode.CODE_STORAGE_EXCEEDED, EXCEEDED));
        assertThat(owner.state.codeBytes(ACCOUNT)).isEqualTo(RegistryDecisions.CODE_BYTES_PER_ACCOUNT);
    }

    @Test
    void everyVersionCounts() {
        owner.active(GREET, half);
        owner.done(PUBLISH);
        owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));
        owner.settle();

        assertThat(owner.ask(PUBLISH)).isEqualTo(refused(ErrorCode.CODE_STORAGE_EXCEEDED, EXCEEDED));
    }

    @Test
    void creatingAndPublishingAtOnceCountsTwice() {
        assertThat(owner.stored(whole).ask(Samples.createPublished(GREET, whole)))
                .isEqualTo(refused(ErrorCode.CODE_STORAGE_EXCEEDED, EXCEEDED));
        assertThat(owner.stored(half).done(Samples.createPublished(GREET, half)).version())
                .isEqualTo(numbered(GREET, 1));
    }

    @Test
    void anUpdateCountsOnlyWhatItAdds() {
        owner.active(GREET, half);
        owner.active(PART, half);
        assertThat(owner.stored(whole).ask(Samples.updateCode(GREET, whole)))
                .isEqualTo(refused(ErrorCode.CODE_STORAGE_EXCEEDED, EXCEEDED));
        assertThat(owner.stored(CODE)
                        .done(Samples.updateCode(GREET, CODE))
                        .requested()
                        .code())
                .isEqualTo(CODE);
    }

    @Test
    void updatingAndPublishingAtOnceCountsTheVersionToo() {
        owner.active(GREET, half);
        owner.done(PUBLISH);
        var other = sized("o", RegistryDecisions.CODE_BYTES_PER_ACCOUNT / 2);

        assertThat(owner.stored(other).ask(new UpdateFunctionCode(GREET, other, null, true, false, null)))
                .isEqualTo(refused(ErrorCode.CODE_STORAGE_EXCEEDED, EXCEEDED));
    }

    @Test
    void deletingMakesRoom() {
        owner.active(GREET, whole);
        owner.completed(DELETE);

        assertThat(owner.stored(CODE).done(Samples.create(PART, CODE)).version())
                .isEqualTo(latest(PART));
    }

    @Test
    void accountsAreCountedEachForItself() {
        owner.active(GREET, whole);
        var foreign = new FunctionArn("us-east-1", "222222222222", GREET.name());

        owner.storedFor("222222222222", CODE).done(Samples.create(foreign, CODE));

        assertThat(owner.state.codeBytes("222222222222")).isEqualTo(CODE.size());
        assertThat(owner.state.sequence("222222222222")).isEqualTo(2);
    }

    private static CodePackage sized(String uploadId, long size) {
        // Each its own bytes, so that publishing sees a difference.
        var digit = Integer.toHexString(uploadId.charAt(0) % 16);
        return new CodePackage(digit.repeat(64), uploadId, size, 0, List.of(1L));
    }
}
