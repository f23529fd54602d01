package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.latest;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.PutFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.PutFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionEventInvokeConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RegistryDecisionsTest {
    private static final String STALE_REVISION = "The Revision Id provided does not match the latest Revision Id. "
            + "Call the GetFunction/GetAlias API to retrieve the latest Revision Id";
    private static final String PENDING =
            "The operation cannot be performed at this time. The function is currently in the following state: Pending";
    private static final String IN_PROGRESS =
            "The operation cannot be performed at this time. An update is in progress for resource: " + GREET;
    private static final PublishVersion PUBLISH = new PublishVersion(GREET, null, null, null);
    private static final DeleteFunction DELETE = new DeleteFunction(GREET, null);

    private final Ownership owner = new Ownership();

    @Nested
    class Creating {

        @Test
        void aNewFunctionIsPendingAndHasNoLastUpdate() {
            var made = owner.stored(CODE).done(Samples.create(GREET, CODE));

            assertThat(made.version()).isEqualTo(latest(GREET));
            assertThat(made.state()).isEqualTo(State.CREATING);
            assertThat(made.lastUpdate()).isNull();
            assertThat(made.lastModified()).isEqualTo(NOON);
            assertThat(made.requested().generation()).isEqualTo(1);
            assertThat(made.previous()).isNull();
            assertThat(made).isEqualTo(owner.latest(GREET));
        }

        @Test
        void itsTagsBelongToTheFunctionAndNothingIsPublished() {
            owner.active(GREET, CODE);

            assertThat(owner.function(GREET).tags()).containsExactly(Map.entry("team", "blue"));
            assertThat(owner.function(GREET).lastVersion()).isZero();
            assertThat(owner.state.versions(GREET)).hasSize(1);
        }

        @Test
        void itSettlesToActiveAndSuccessfulUnderANewRevision() {
            var made = owner.stored(CODE).done(Samples.create(GREET, CODE));
            owner.turn(Duration.ofSeconds(1));

            owner.settle();

            var settled = owner.latest(GREET);
            assertThat(settled.state()).isEqualTo(State.ACTIVE);
            assertThat(settled.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
            assertThat(settled.revisionId()).isNotEqualTo(made.revisionId());
            assertThat(settled.lastModified()).isEqualTo(NOON);
            assertThat(settled.requested()).isEqualTo(made.requested());
        }

        @Test
        void aNameThatExistsIsRefused() {
            owner.active(GREET, CODE);

            assertThat(owner.ask(Samples.create(GREET, CODE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, "Function already exist: greet"));
        }

        @Test
        void aNameThatIsStillPendingIsRefusedAlike() {
            owner.stored(CODE).done(Samples.create(GREET, CODE));

            assertThat(owner.ask(Samples.create(GREET, CODE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, "Function already exist: greet"));
        }

        @Test
        void publishedAtOnceItAnswersVersionOneAndBothSettle() {
            var made = owner.stored(CODE).done(Samples.createPublished(GREET, CODE));

            assertThat(made.version()).isEqualTo(numbered(GREET, 1));
            assertThat(made.state()).isEqualTo(State.CREATING);
            assertThat(made.lastUpdate()).isNull();
            assertThat(owner.latest(GREET).revisionId()).isNotEqualTo(made.revisionId());
            owner.settle();
            assertThat(owner.latest(GREET).state()).isEqualTo(State.ACTIVE);
            assertThat(owner.version(numbered(GREET, 1)).state()).isEqualTo(State.ACTIVE);
            assertThat(owner.version(numbered(GREET, 1)).lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
            assertThat(owner.function(GREET).lastVersion()).isEqualTo(1);
        }

        @Test
        void publishingAfterwardsWithoutAChangeIsNoNewVersion() {
            owner.stored(CODE).done(Samples.createPublished(GREET, CODE));
            owner.settle();

            assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 1));
        }

        @Test
        void aDeletedNameCanBeUsedAgainButNotItsNumbers() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.completed(DELETE);

            var made = owner.stored(CODE).done(Samples.createPublished(GREET, CODE));

            assertThat(made.version()).isEqualTo(numbered(GREET, 2));
            assertThat(owner.state.versions(GREET)).hasSize(2);
            assertThat(owner.function(GREET).tags()).isEmpty();
        }

        @Test
        void generationsOfADeletedFunctionAreNotUsedAgain() {
            owner.active(GREET, CODE);
            owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
            owner.completed(DELETE);

            assertThat(owner.stored(CODE)
                            .done(Samples.create(GREET, CODE))
                            .requested()
                            .generation())
                    .isEqualTo(3);
            owner.completed(DELETE);
            assertThat(owner.stored(CODE)
                            .done(Samples.create(GREET, CODE))
                            .requested()
                            .generation())
                    .isEqualTo(4);
        }

        @Test
        void functionsOfTheSameNameInAnotherRegionAreOthers() {
            owner.active(GREET, CODE);
            var elsewhere = new FunctionArn("eu-west-1", ACCOUNT, GREET.name());

            assertThat(owner.done(Samples.create(elsewhere, CODE)).version()).isEqualTo(latest(elsewhere));
        }
    }

    @Nested
    class UpdatingCode {

        @Test
        void theUpdateIsInProgressWhileTheDeploymentBeforeItServes() {
            var before = owner.active(GREET, CODE);
            owner.turn(Duration.ofMinutes(1));

            var updated = owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

            assertThat(updated.state()).isEqualTo(State.ACTIVE);
            assertThat(updated.lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
            assertThat(updated.requested().code()).isEqualTo(NEWER_CODE);
            assertThat(updated.requested().generation()).isEqualTo(2);
            assertThat(updated.previous()).isEqualTo(before.requested());
            assertThat(updated.running()).isEqualTo(before.requested());
            assertThat(updated.lastModified()).isEqualTo(NOON.plusSeconds(60));
            assertThat(updated.revisionId()).isNotEqualTo(before.revisionId());
        }

        @Test
        void onceSettledTheNewDeploymentServesUnderANewRevision() {
            owner.active(GREET, CODE);
            var updated = owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

            owner.settle();

            var settled = owner.latest(GREET);
            assertThat(settled.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
            assertThat(settled.previous()).isNull();
            assertThat(settled.running()).isEqualTo(updated.requested());
            assertThat(settled.lastModified()).isEqualTo(updated.lastModified());
            assertThat(settled.revisionId()).isNotEqualTo(updated.revisionId());
        }

        @Test
        void theSameCodeAgainIsAnUpdateAllTheSame() {
            var before = owner.active(GREET, CODE);

            var updated = owner.done(Samples.updateCode(GREET, CODE));

            assertThat(updated.lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
            assertThat(updated.requested().generation()).isEqualTo(2);
            assertThat(updated.revisionId()).isNotEqualTo(before.revisionId());
        }

        @Test
        void architecturesChangeWhereTheyAreGiven() {
            owner.active(GREET, CODE);

            var updated = owner.done(new UpdateFunctionCode(GREET, CODE, List.of("arm64"), false, false, null));

            assertThat(updated.requested().configuration().architectures()).containsExactly("arm64");
            owner.settle();
            assertThat(owner.done(Samples.updateCode(GREET, CODE))
                            .requested()
                            .configuration()
                            .architectures())
                    .containsExactly("arm64");
        }

        @Test
        void aFunctionThatDoesNotExistIsNotFound() {
            assertThat(owner.stored(CODE).ask(Samples.updateCode(GREET, CODE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
        }

        @Test
        void aDeletedFunctionIsNotFound() {
            owner.active(GREET, CODE);
            owner.completed(DELETE);

            assertThat(owner.stored(CODE).ask(Samples.updateCode(GREET, CODE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
        }

        @Test
        void aStaleRevisionIsRefusedAndTheCurrentOneIsNot() {
            var current = owner.active(GREET, CODE).revisionId();

            assertThat(owner.ask(new UpdateFunctionCode(GREET, CODE, null, false, false, "stale")))
                    .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
            assertThat(owner.done(new UpdateFunctionCode(GREET, CODE, null, false, false, current))
                            .lastUpdate())
                    .isEqualTo(LastUpdate.IN_PROGRESS);
        }

        @Test
        void aFunctionThatIsBeingCreatedCannotBeUpdated() {
            owner.stored(CODE).done(Samples.create(GREET, CODE));

            assertThat(owner.ask(Samples.updateCode(GREET, CODE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, PENDING));
        }

        @Test
        void aFunctionThatIsBeingUpdatedCannotBeUpdated() {
            owner.active(GREET, CODE);
            owner.done(Samples.updateCode(GREET, CODE));

            assertThat(owner.ask(Samples.updateCode(GREET, CODE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
        }

        @Test
        void aStaleRevisionIsToldBeforeAnUpdateInProgress() {
            owner.active(GREET, CODE);
            owner.done(Samples.updateCode(GREET, CODE));

            assertThat(owner.ask(new UpdateFunctionCode(GREET, CODE, null, false, false, "stale")))
                    .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
        }

        @Test
        void publishedAtOnceItAnswersTheNewVersionWhichIsPending() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);

            var published =
                    owner.stored(NEWER_CODE).done(new UpdateFunctionCode(GREET, NEWER_CODE, null, true, false, null));

            assertThat(published.version()).isEqualTo(numbered(GREET, 2));
            assertThat(published.state()).isEqualTo(State.CREATING);
            assertThat(published.requested()).isEqualTo(owner.latest(GREET).requested());
            assertThat(owner.latest(GREET).lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
            owner.settle();
            assertThat(owner.version(numbered(GREET, 2)).state()).isEqualTo(State.ACTIVE);
            assertThat(owner.latest(GREET).lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
        }

        @Test
        void publishedAtOnceWithoutADifferenceItAnswersTheVersionThereIs() {
            owner.active(GREET, CODE);
            var first = owner.done(PUBLISH);

            var published = owner.done(new UpdateFunctionCode(GREET, CODE, null, true, false, null));

            assertThat(published).isEqualTo(first);
            assertThat(owner.latest(GREET).lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
            assertThat(owner.function(GREET).lastVersion()).isEqualTo(1);
        }

        @Test
        void aDryRunAnswersWhatWouldBeAndChangesNothing() {
            var before = owner.active(GREET, CODE);
            var contents = owner.table.contents();

            var would = owner.done(new UpdateFunctionCode(GREET, NEWER_CODE, List.of("arm64"), true, true, null));

            assertThat(would.requested().code()).isEqualTo(NEWER_CODE);
            assertThat(would.requested().configuration().architectures()).containsExactly("arm64");
            assertThat(would.revisionId()).isEqualTo(before.revisionId());
            assertThat(owner.table.contents()).isEqualTo(contents);
        }

        @Test
        void aDryRunIsRefusedWhereTheUpdateWouldBe() {
            owner.active(GREET, CODE);

            assertThat(owner.ask(new UpdateFunctionCode(GREET, CODE, null, false, true, "stale")))
                    .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
            assertThat(owner.ask(new UpdateFunctionCode(PART, CODE, null, false, true, null)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + PART));
        }
    }

    @Nested
    class UpdatingTheConfiguration {

        @Test
        void whatIsGivenChangesAndTheRestStays() {
            var before = owner.active(GREET, CODE);

            var updated = owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));

            assertThat(updated.requested().configuration())
                    .isEqualTo(before.requested().configuration().withDescription("new"));
            assertThat(updated.requested().code()).isEqualTo(CODE);
            assertThat(updated.requested().generation()).isEqualTo(2);
            assertThat(updated.lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
            assertThat(updated.running()).isEqualTo(before.requested());
        }

        @Test
        void itIsRefusedAsUpdatesOfCodeAre() {
            var change = Samples.described("new");
            assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, null)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));

            owner.stored(CODE).done(Samples.create(GREET, CODE));
            assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, null)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, PENDING));

            owner.settle();
            assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, "stale")))
                    .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));

            owner.done(new UpdateFunctionConfiguration(GREET, change, null));
            assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, null)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
        }
    }

    @Nested
    class Publishing {

        @Test
        void aVersionIsActiveAtOnceAndACopyOfLatest() {
            var latest = owner.active(GREET, CODE);

            var published = owner.done(PUBLISH);

            assertThat(published.version()).isEqualTo(numbered(GREET, 1));
            assertThat(published.state()).isEqualTo(State.ACTIVE);
            assertThat(published.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
            assertThat(published.requested()).isEqualTo(latest.requested());
            assertThat(published.lastModified()).isEqualTo(latest.lastModified());
            assertThat(owner.state.inTransition()).isEmpty();
        }

        @Test
        void latestAndTheVersionEachGetARevisionOfTheirOwn() {
            var before = owner.active(GREET, CODE);

            var published = owner.done(PUBLISH);

            assertThat(owner.latest(GREET).revisionId())
                    .isNotEqualTo(before.revisionId())
                    .isNotEqualTo(published.revisionId());
            assertThat(owner.latest(GREET).requested()).isEqualTo(before.requested());
        }

        @Test
        void withoutADifferenceTheLastVersionIsAnsweredAsItIs() {
            owner.active(GREET, CODE);
            var first = owner.done(PUBLISH);
            var latest = owner.latest(GREET);

            assertThat(owner.done(PUBLISH)).isEqualTo(first);
            assertThat(owner.latest(GREET)).isEqualTo(latest);
        }

        @Test
        void theSameCodeUploadedAgainIsNoDifference() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            var again = Samples.code('a', "u9");
            owner.stored(again).done(Samples.updateCode(GREET, again));
            owner.settle();

            assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 1));
        }

        @Test
        void otherCodeIsADifference() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
            owner.settle();

            assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 2));
        }

        @Test
        void anotherDescriptionOfTheFunctionIsADifference() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));
            owner.settle();

            assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 2));
        }

        @Test
        void goingBackToWhatWasPublishedBeforeTheLastVersionIsADifference() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));
            owner.settle();
            owner.done(PUBLISH);
            owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("old"), null));
            owner.settle();

            assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 3));
        }

        @Test
        void aDescriptionGivenWithTheCallIsTheVersionsAlone() {
            owner.active(GREET, CODE);

            var published = owner.done(new PublishVersion(GREET, null, "first", null));

            assertThat(published.requested().configuration().description()).isEqualTo("first");
            assertThat(owner.latest(GREET).requested().configuration().description())
                    .isEmpty();
        }

        @Test
        void aDescriptionGivenWithTheCallIsNoDifference() {
            owner.active(GREET, CODE);
            var first = owner.done(new PublishVersion(GREET, null, "first", null));

            assertThat(owner.done(new PublishVersion(GREET, null, "second", null)))
                    .isEqualTo(first);
            owner.done(Samples.updateCode(GREET, CODE));
            owner.settle();
            assertThat(owner.done(PUBLISH)).isEqualTo(first);
        }

        @Test
        void numbersOfDeletedVersionsAreNotUsedAgain() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

            assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 2));
        }

        @Test
        void aPublishedVersionStaysAsItIs() {
            owner.active(GREET, CODE);
            var published = owner.done(PUBLISH);
            owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
            owner.settle();
            owner.done(PUBLISH);

            assertThat(owner.version(numbered(GREET, 1))).isEqualTo(published);
        }

        @Test
        void otherCodeThanExpectedIsRefused() {
            owner.active(GREET, CODE);
            var expected = NEWER_CODE.sha256Base64();

            assertThat(owner.ask(new PublishVersion(GREET, expected, null, null)))
                    .isEqualTo(refused(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "CodeSHA256 (" + expected + ") is different from current CodeSHA256 in $LATEST ("
                                    + CODE.sha256Base64()
                                    + "). Please try again with the CodeSHA256 in $LATEST."));
            assertThat(owner.done(new PublishVersion(GREET, CODE.sha256Base64(), null, null))
                            .version())
                    .isEqualTo(numbered(GREET, 1));
        }

        @Test
        void itIsRefusedAsUpdatesAre() {
            assertThat(owner.ask(PUBLISH))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));

            owner.stored(CODE).done(Samples.create(GREET, CODE));
            assertThat(owner.ask(PUBLISH)).isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, PENDING));

            owner.settle();
            assertThat(owner.ask(new PublishVersion(GREET, null, null, "stale")))
                    .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));

            owner.done(Samples.updateCode(GREET, CODE));
            assertThat(owner.ask(PUBLISH)).isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
        }
    }

    @Nested
    class Deleting {

        @Test
        void aFunctionGoesWithAllItsVersions() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);

            assertThat(owner.completed(DELETE).version()).isNull();

            assertThat(owner.state.function(GREET)).isEmpty();
            assertThat(owner.state.versions(GREET)).isEmpty();
            assertThat(owner.state.codeBytes(ACCOUNT)).isZero();
        }

        @Test
        void aFunctionCanBeDeletedWhileItIsPendingOrUpdated() {
            owner.stored(CODE).done(Samples.create(GREET, CODE));
            owner.completed(DELETE);
            owner.active(PART, CODE);
            owner.done(Samples.updateCode(PART, CODE));
            owner.completed(new DeleteFunction(PART, null));

            assertThat(owner.state.inTransition()).isEmpty();
        }

        @Test
        void oneVersionGoesAlone() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);

            owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

            assertThat(owner.state.version(numbered(GREET, 1))).isEmpty();
            assertThat(owner.state.function(GREET)).isPresent();
        }

        @Test
        void aNumberNeverPublishedSucceedsAgainAndAgain() {
            owner.active(GREET, CODE);
            var contents = owner.table.contents();

            owner.completed(new DeleteFunction(GREET, new Version.Published(7)));
            owner.completed(new DeleteFunction(GREET, new Version.Published(7)));

            assertThat(owner.table.contents()).isEqualTo(contents);
        }

        @Test
        void latestCannotGoAlone() {
            owner.active(GREET, CODE);

            assertThat(owner.ask(new DeleteFunction(GREET, new Version.Latest())))
                    .isEqualTo(refused(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "$LATEST version cannot be deleted without deleting the function."));
        }

        @Test
        void aFunctionThatDoesNotExistIsNotFoundByItsUnqualifiedArn() {
            var notFound = refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET);

            assertThat(owner.ask(DELETE)).isEqualTo(notFound);
            assertThat(owner.ask(new DeleteFunction(GREET, new Version.Published(1))))
                    .isEqualTo(notFound);
            owner.active(GREET, CODE);
            owner.completed(DELETE);
            assertThat(owner.ask(DELETE)).isEqualTo(notFound);
        }

        @Test
        void aFunctionWhoseNameBeginsAlikeStays() {
            owner.active(GREET, CODE);
            owner.active(Samples.arn("greet2"), CODE);
            owner.active(Samples.arn("greet-"), CODE);

            owner.completed(DELETE);

            assertThat(owner.state.versions(Samples.arn("greet2"))).hasSize(1);
            assertThat(owner.state.versions(Samples.arn("greet-"))).hasSize(1);
        }
    }

    @Nested
    class Settling {

        @Test
        void whatIsNotInTransitionDoesNotSettle() {
            owner.active(GREET, CODE);

            assertThat(owner.settling(latest(GREET))).isEmpty();
            assertThat(owner.settling(latest(PART))).isEmpty();
        }

        @Test
        void aFunctionCreatedAnewMeanwhileSettlesAsItself() {
            owner.stored(CODE).done(Samples.create(GREET, CODE));
            owner.completed(DELETE);
            owner.stored(NEWER_CODE).done(Samples.create(GREET, NEWER_CODE));

            owner.settle();

            assertThat(owner.latest(GREET).requested().code()).isEqualTo(NEWER_CODE);
        }
    }

    @Nested
    class StoringCode {

        @Test
        void aPackageThatNobodyAnnouncedIsGone() {
            assertThat(owner.ask(Samples.create(GREET, CODE))).isEqualTo(new Verdict.CodeGone());
            assertThat(owner.recorded).isEmpty();
        }

        @Test
        void aPackageDeletedWithItsLastFunctionIsGone() {
            owner.active(GREET, CODE);
            owner.completed(DELETE);

            assertThat(owner.ask(Samples.create(PART, CODE))).isEqualTo(new Verdict.CodeGone());
        }

        @Test
        void anUploadOfTheSameBytesIsAnother() {
            owner.active(GREET, CODE);

            assertThat(owner.ask(Samples.create(PART, Samples.code('a', "u9")))).isEqualTo(new Verdict.CodeGone());
        }

        @Test
        void aPackageOfAnotherAccountIsGone() {
            owner.active(GREET, CODE);
            var foreign = new FunctionArn("us-east-1", "222222222222", GREET.name());

            assertThat(owner.ask(Samples.create(foreign, CODE))).isEqualTo(new Verdict.CodeGone());
        }

        @Test
        void aPackageInUseMayBeUsedByOthers() {
            owner.active(GREET, CODE);
            owner.done(Samples.create(PART, CODE));
            owner.completed(DELETE);

            assertThat(owner.released()).isEmpty();
            owner.completed(new DeleteFunction(PART, null));
            assertThat(owner.released()).containsExactly("u1");
        }

        @Test
        void anUpdateReleasesTheOldPackageOnlyOnceItHasSettled() {
            owner.active(GREET, CODE);
            owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
            assertThat(owner.released()).isEmpty(); // It still serves.

            owner.settle();

            assertThat(owner.released()).containsExactly("u1");
        }

        @Test
        void aPublishedVersionKeepsItsPackage() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
            owner.settle();
            assertThat(owner.released()).isEmpty();

            owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

            assertThat(owner.released()).containsExactly("u1");
        }

        @Test
        void deletingWhileAnUpdateIsInProgressReleasesBothPackages() {
            owner.active(GREET, CODE);
            owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

            owner.completed(DELETE);

            assertThat(owner.released()).containsExactlyInAnyOrder("u1", "u2");
        }

        @Test
        void theSamePackageAgainIsNotReleased() {
            owner.active(GREET, CODE);
            owner.done(Samples.updateCode(GREET, CODE));
            owner.settle();

            assertThat(owner.released()).isEmpty();
        }

        @Test
        void aPackageOfARefusedCommandIsReleasedUnlessSomebodyUsesIt() {
            owner.active(GREET, CODE);

            owner.ask(Samples.create(GREET, CODE));
            assertThat(owner.released()).isEmpty();

            owner.stored(NEWER_CODE).ask(Samples.create(GREET, NEWER_CODE));
            assertThat(owner.released()).containsExactly("u2");
            assertThat(owner.ask(Samples.create(PART, NEWER_CODE))).isEqualTo(new Verdict.CodeGone());
        }

        @Test
        void aPackageThatNoCommandCameForIsReleasedInTime() {
            owner.stored(CODE, NEWER_CODE).done(Samples.create(GREET, CODE));
            owner.turn(RegistryDecisions.UPLOAD_KEPT.minusMillis(1));
            owner.release();
            assertThat(owner.released()).isEmpty();

            owner.turn(Duration.ofMillis(1));
            owner.release();

            assertThat(owner.released()).containsExactly("u2");
        }

        @Test
        void anAnnouncementThatComesLateOrTwiceChangesNothing() {
            owner.active(GREET, CODE);
            var contents = owner.table.contents();

            owner.stored(CODE);

            assertThat(owner.table.contents()).isEqualTo(contents);
        }
    }

    @Nested
    class RunningOutOfRoom {
        private static final String EXCEEDED = "Code storage limit exceeded.";

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
            assertThat(owner.stored(half)
                            .done(Samples.createPublished(GREET, half))
                            .version())
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

    @Nested
    class ConfiguringEvents {
        private static final String NO_FUNCTION = "The function doesn't exist.";
        private static final String NO_CONFIG = "The function " + GREET + ":$LATEST doesn't have an EventInvokeConfig";
        private static final EventInvokeChange RETRY_ONCE = new EventInvokeChange(1, null, null, "kafka://failed");
        private static final PutFunctionEventInvokeConfig PUT =
                new PutFunctionEventInvokeConfig(GREET, "$LATEST", RETRY_ONCE);
        private static final DeleteFunctionEventInvokeConfig DELETE_CONFIG =
                new DeleteFunctionEventInvokeConfig(GREET, "$LATEST");

        @Test
        void whatIsPutIsRecordedAndAnswered() {
            owner.active(GREET, CODE);
            owner.turn(Duration.ofSeconds(1));

            var answered = owner.completed(PUT).eventInvokeConfig();

            assertThat(answered)
                    .isEqualTo(new EventInvokeConfigRecord(
                            GREET, "$LATEST", NOON.plusSeconds(1), 1, null, null, "kafka://failed"));
            assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST")).contains(answered);
            assertThat(owner.state.versions(GREET)).hasSize(1);
        }

        @Test
        void puttingReplacesWhatWasSet() {
            owner.active(GREET, CODE);
            owner.completed(PUT);

            owner.completed(
                    new PutFunctionEventInvokeConfig(GREET, "$LATEST", new EventInvokeChange(null, 60, "", null)));

            assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST"))
                    .contains(new EventInvokeConfigRecord(GREET, "$LATEST", NOON, null, 60, null, null));
        }

        @Test
        void updatingLeavesWhatIsNotNamedAndAnEmptyDestinationClears() {
            owner.active(GREET, CODE);
            owner.completed(PUT);

            owner.completed(new UpdateFunctionEventInvokeConfig(
                    GREET, "$LATEST", new EventInvokeChange(null, 60, "kafka://done", null)));
            assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST"))
                    .contains(new EventInvokeConfigRecord(
                            GREET, "$LATEST", NOON, 1, 60, "kafka://done", "kafka://failed"));

            owner.completed(
                    new UpdateFunctionEventInvokeConfig(GREET, "$LATEST", new EventInvokeChange(0, null, null, "")));
            assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST"))
                    .contains(new EventInvokeConfigRecord(GREET, "$LATEST", NOON, 0, 60, "kafka://done", null));
        }

        @Test
        void eachQualifierHasItsOwn() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.completed(PUT);

            owner.completed(new PutFunctionEventInvokeConfig(GREET, "1", RETRY_ONCE));
            owner.completed(DELETE_CONFIG);

            assertThat(owner.state.eventInvokeConfigs(GREET))
                    .extracting(EventInvokeConfigRecord::qualifier)
                    .containsExactly("1");
        }

        @Test
        void whatDoesNotExistCannotBeConfigured() {
            assertThat(owner.ask(PUT)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_FUNCTION));
            owner.active(GREET, CODE);
            for (var qualifier : List.of("1", "prod")) {
                assertThat(owner.ask(new PutFunctionEventInvokeConfig(GREET, qualifier, RETRY_ONCE)))
                        .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_FUNCTION));
                assertThat(owner.ask(new UpdateFunctionEventInvokeConfig(GREET, qualifier, RETRY_ONCE)))
                        .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_FUNCTION));
            }
        }

        @Test
        void whatWasNeverPutCanNeitherBeUpdatedNorDeleted() {
            assertThat(owner.ask(DELETE_CONFIG)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_CONFIG));
            owner.active(GREET, CODE);
            assertThat(owner.ask(DELETE_CONFIG)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_CONFIG));
            assertThat(owner.ask(new UpdateFunctionEventInvokeConfig(GREET, "$LATEST", RETRY_ONCE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_CONFIG));
        }

        @Test
        void deletingEndsWithTheFunctionsRecordSoThatTheNumberIsKept() {
            owner.active(GREET, CODE);
            owner.completed(PUT);
            var config = owner.state.eventInvokeConfig(GREET, "$LATEST").orElseThrow();

            owner.completed(DELETE_CONFIG);

            assertThat(owner.recorded).endsWith(new Change.Removed(config), new Change.Recorded(owner.function(GREET)));
            assertThat(owner.state.eventInvokeConfigs(GREET)).isEmpty();
        }

        @Test
        void theyGoWithTheirVersionAndWithTheFunction() {
            owner.active(GREET, CODE);
            owner.done(PUBLISH);
            owner.completed(PUT);
            owner.completed(new PutFunctionEventInvokeConfig(GREET, "1", RETRY_ONCE));

            owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
            assertThat(owner.state.eventInvokeConfigs(GREET))
                    .extracting(EventInvokeConfigRecord::qualifier)
                    .containsExactly("$LATEST");

            owner.completed(DELETE);
            assertThat(owner.state.eventInvokeConfigs(GREET)).isEmpty();
            assertThat(owner.recorded).last().isInstanceOf(Change.UploadReleased.class);
        }
    }

    @Nested
    class Reserving {
        private static final String FLOOR =
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                        + "below its minimum value of [100].";

        private int reserved() {
            return owner.state.reservedConcurrency(ACCOUNT, "us-east-1");
        }

        @Test
        void aReservationBelongsToTheFunction() {
            owner.active(GREET, CODE);

            owner.completed(new PutFunctionConcurrency(GREET, 7));
            owner.done(PUBLISH);

            assertThat(owner.function(GREET).reservedConcurrency()).isEqualTo(7);
            assertThat(owner.function(GREET).tags()).containsEntry("team", "blue");
            assertThat(reserved()).isEqualTo(7);
        }

        @Test
        void nineHundredCanBeReservedAndNotOneMore() {
            owner.active(GREET, CODE);
            owner.active(PART, CODE);
            owner.completed(new PutFunctionConcurrency(GREET, 800));

            owner.completed(new PutFunctionConcurrency(PART, 100));
            assertThat(owner.ask(new PutFunctionConcurrency(PART, 101)))
                    .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));
            assertThat(owner.ask(new PutFunctionConcurrency(GREET, Integer.MAX_VALUE)))
                    .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));

            owner.completed(new PutFunctionConcurrency(GREET, 799));
            owner.completed(new PutFunctionConcurrency(PART, 101));
            assertThat(reserved()).isEqualTo(900);
        }

        @Test
        void regionsAreCountedEachForItself() {
            var elsewhere = FunctionArn.parse("arn:aws:lambda:eu-west-1:" + ACCOUNT + ":function:greet");
            owner.active(GREET, CODE);
            owner.active(elsewhere, NEWER_CODE);

            owner.completed(new PutFunctionConcurrency(GREET, 900));
            owner.completed(new PutFunctionConcurrency(elsewhere, 900));

            assertThat(reserved()).isEqualTo(900);
        }

        @Test
        void nothingCanBeReservedAsWell() {
            owner.active(GREET, CODE);

            owner.completed(new PutFunctionConcurrency(GREET, 0));

            assertThat(owner.function(GREET).reservedConcurrency()).isZero();
        }

        @Test
        void aDeletedReservationOrFunctionMakesRoom() {
            owner.active(GREET, CODE);
            owner.completed(new PutFunctionConcurrency(GREET, 900));
            owner.completed(new DeleteFunctionConcurrency(GREET));
            assertThat(reserved()).isZero();
            assertThat(owner.function(GREET).reservedConcurrency()).isNull();

            owner.completed(new PutFunctionConcurrency(GREET, 900));
            owner.completed(DELETE);
            assertThat(reserved()).isZero();
        }

        @Test
        void deletingWhatIsNotReservedChangesNothing() {
            owner.active(GREET, CODE);
            int before = owner.recorded.size();

            owner.completed(new DeleteFunctionConcurrency(GREET));

            assertThat(owner.recorded).hasSize(before);
        }

        @Test
        void aFunctionThatDoesNotExistIsNotFound() {
            assertThat(owner.ask(new PutFunctionConcurrency(GREET, 1)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":$LATEST"));
            assertThat(owner.ask(new DeleteFunctionConcurrency(GREET)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
        }
    }

    @Test
    void everyChangeOfARecordRaisesTheAccountsSequence() {
        owner.active(GREET, CODE);
        assertThat(owner.state.sequence(ACCOUNT)).isEqualTo(3); // function, $LATEST, $LATEST active

        owner.done(PUBLISH);
        assertThat(owner.state.sequence(ACCOUNT)).isEqualTo(6); // function, $LATEST, version

        owner.completed(DELETE);
        assertThat(owner.state.sequence(ACCOUNT)).isEqualTo(9); // function, and both versions gone
    }

    @Test
    void theLastRecordOfADeletionHasAValueSoThatItsNumberIsKept() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
        assertThat(owner.recorded.getLast()).isEqualTo(new Change.Recorded(owner.function(GREET)));

        var last = owner.latest(GREET);
        owner.completed(DELETE);
        assertThat(owner.recorded)
                .endsWith(
                        new Change.Removed(last),
                        new Change.Recorded(new FunctionRecord(GREET, 1, null, 1, Map.of(), null, true)),
                        new Change.UploadReleased(Upload.of(ACCOUNT, CODE)));
    }

    @Test
    void refusalsRaiseNothing() {
        owner.ask(DELETE);

        assertThat(owner.state.sequence(ACCOUNT)).isZero();
    }
}
