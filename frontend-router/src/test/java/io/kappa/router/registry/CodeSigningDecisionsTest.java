package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.registry.CodeSigningConfigRecord;
import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import io.kappa.contracts.registry.CodeSigningRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeCodeSigningConfig;
import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryCommand.CreateFunction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Functions are held to code signing configurations. */
class CodeSigningDecisionsTest {
    private static final CodeSigningConfigId CONFIG = Samples.signingConfig('a');
    private static final CodeSigningConfigId OTHER = Samples.signingConfig('b');
    private static final Verdict NO_CONFIG = refused(
            ErrorCode.CODE_SIGNING_CONFIG_NOT_FOUND,
            "The code signing configuration cannot be found. Check that the provided configuration is not deleted: "
                    + CONFIG + ".");
    private static final Verdict UNTRUSTED = refused(
            ErrorCode.CODE_VERIFICATION_FAILED,
            "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is "
                    + "not configured to accept. Check the provided signature for greet.");

    private final Ownership owner = new Ownership();

    private void create(CodeSigningConfigId config, UntrustedCode untrusted) {
        owner.completed(new ChangeCodeSigningConfig(
                config, new CodeSigningChange.Create("d", List.of("p"), untrusted, Map.of("team", "blue"))));
    }

    private static ChangeCodeSigningConfig delete(CodeSigningConfigId config) {
        return new ChangeCodeSigningConfig(config, new CodeSigningChange.Delete());
    }

    private static ChangeSetting attach(CodeSigningConfigId config) {
        return new ChangeSetting(GREET, null, new SettingChange.PutCodeSigning(config));
    }

    private static ChangeSetting detach() {
        return new ChangeSetting(GREET, null, new SettingChange.DeleteCodeSigning());
    }

    private static CreateFunction createHeldTo(CodeSigningConfigId config, boolean publish) {
        return new CreateFunction(GREET, Samples.configuration(""), CODE, Map.of(), publish, config);
    }

    @Test
    void whatIsNotNamedInAnUpdateStaysAsItIs() {
        create(CONFIG, UntrustedCode.Enforce);
        owner.turn(Duration.ofSeconds(1));

        owner.completed(new ChangeCodeSigningConfig(CONFIG, new CodeSigningChange.Update(null, List.of("q"), null)));

        assertThat(owner.state.codeSigningConfig(CONFIG))
                .contains(new CodeSigningConfigRecord(
                        CONFIG,
                        "d",
                        List.of("q"),
                        UntrustedCode.Enforce,
                        NOON.plusSeconds(1),
                        Map.of("team", "blue"),
                        false));
    }

    @Test
    void whatDoesNotExistIsNeitherUpdatedNorDeletedNorAttached() {
        var notFound = refused(
                ErrorCode.RESOURCE_NOT_FOUND, "The Lambda code signing configuration " + CONFIG + " can not be found.");
        assertThat(owner.ask(delete(CONFIG))).isEqualTo(notFound);
        assertThat(owner.ask(new ChangeCodeSigningConfig(CONFIG, new CodeSigningChange.Update("e", null, null))))
                .isEqualTo(notFound);
        owner.active(GREET, CODE);
        assertThat(owner.ask(attach(CONFIG))).isEqualTo(NO_CONFIG);
    }

    @Test
    void aConfigurationInUseIsNotDeleted() {
        create(CONFIG, UntrustedCode.Warn);
        owner.active(GREET, CODE);
        owner.completed(attach(CONFIG));

        assertThat(owner.ask(delete(CONFIG)))
                .isEqualTo(refused(
                        ErrorCode.RESOURCE_CONFLICT,
                        "The code signing configuration " + CONFIG + " is in use by functions."));

        owner.completed(detach());
        owner.completed(delete(CONFIG));
        assertThat(owner.state.codeSigningConfig(CONFIG)).isEmpty();
        assertThat(owner.ask(attach(CONFIG))).isEqualTo(NO_CONFIG);
    }

    @Test
    void aDeletedFunctionUsesNoConfiguration() {
        create(CONFIG, UntrustedCode.Warn);
        owner.active(GREET, CODE);
        owner.completed(attach(CONFIG));

        owner.completed(DELETE);

        owner.completed(delete(CONFIG));
        owner.active(GREET, CODE);
        assertThat(owner.state.codeSigning(GREET)).isEmpty();
    }

    @Test
    void anotherConfigurationTakesThePlaceOfTheFirst() {
        create(CONFIG, UntrustedCode.Warn);
        create(OTHER, UntrustedCode.Warn);
        owner.active(GREET, CODE);
        owner.completed(attach(CONFIG));

        owner.completed(attach(OTHER));

        assertThat(owner.state.codeSigning(GREET)).contains(new CodeSigningRecord(GREET, OTHER));
        owner.completed(delete(CONFIG));
    }

    @Test
    void onlyTheLastDeletionIsRemembered() {
        create(CONFIG, UntrustedCode.Warn);
        create(OTHER, UntrustedCode.Warn);
        owner.completed(delete(CONFIG));
        owner.completed(delete(OTHER));

        assertThat(owner.state.codeSigningConfigs(CONFIG)).singleElement().satisfies(last -> {
            assertThat(last.id()).isEqualTo(OTHER);
            assertThat(last.deleted()).isTrue();
            assertThat(owner.recorded.getLast()).isEqualTo(new Change.Recorded(last));
        });
    }

    @Test
    void codeIsRefusedWhereItMustBeTrusted() {
        create(CONFIG, UntrustedCode.Enforce);
        owner.stored(CODE);
        assertThat(owner.ask(createHeldTo(CONFIG, false))).isEqualTo(UNTRUSTED);
        assertThat(owner.state.function(GREET)).isEmpty();

        owner.active(GREET, CODE);
        owner.completed(attach(CONFIG));
        owner.stored(NEWER_CODE);
        assertThat(owner.ask(Samples.updateCode(GREET, NEWER_CODE))).isEqualTo(UNTRUSTED);
        assertThat(owner.latest(GREET).requested().code()).isEqualTo(CODE);

        owner.completed(detach());
        owner.stored(NEWER_CODE);
        owner.done(Samples.updateCode(GREET, NEWER_CODE));
    }

    @Test
    void codeIsDeployedWhereUntrustedCodeIsWarnedOf() {
        create(CONFIG, UntrustedCode.Warn);
        owner.stored(CODE);

        owner.done(createHeldTo(CONFIG, true));
        owner.settle();

        assertThat(owner.state.codeSigning(GREET)).contains(new CodeSigningRecord(GREET, CONFIG));
        owner.stored(NEWER_CODE);
        owner.done(Samples.updateCode(GREET, NEWER_CODE));
    }

    @Test
    void aFunctionIsNotCreatedUnderAConfigurationThatDoesNotExist() {
        owner.stored(CODE);

        assertThat(owner.ask(createHeldTo(CONFIG, false))).isEqualTo(NO_CONFIG);
    }
}
