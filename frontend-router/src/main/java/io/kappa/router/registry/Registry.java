package io.kappa.router.registry;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.RegistryView;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** The function registry as the rest of the router sees it. Any thread may call; none of the methods blocks. */
public interface Registry {

    /** Everything that is configured, as far as this router has read it. */
    RegistryView view();

    /**
     * Has the owner decide a command. Completes when the change is recorded and {@link #view()} holds it, so that whoever asked reads
     * their own write. Completes with a {@link io.kappa.router.refusal.LambdaApiException} where no answer came in time, in which case
     * the change may or may not have been made.
     */
    CompletionStage<RegistryAnswer> submit(RegistryCommand command);

    /**
     * Stores a deployment package and has the command decided that it is for. All in-sync replicas hold every chunk before the command is
     * asked. Bytes already stored for the account are not stored again, and a package that nothing comes to use does not stay. For
     * this, and because a package may be deleted while it is being re-used, in which case it is stored after all, the two belong together.
     *
     * @param account that the package is for
     * @param command makes the command from where the package is. Called again where it had to be stored after all.
     */
    CompletionStage<RegistryAnswer> submitWithCode(
            String account, PackageBytes zip, Function<CodePackage, RegistryCommand> command);

    /**
     * Stores a package that is stored already for another account as well, without a command yet. It stays for some minutes, and as long as
     * something uses it that a command makes within these.
     */
    CompletionStage<CodePackage> copy(CodePackage code, String account);

    /**
     * Reads a package back, a part at a time, so that none need be in memory whole. Has found it to be what was stored before it hands over
     * the last part.
     *
     * @param sink may block
     */
    CompletionStage<Void> fetch(CodePackage code, Consumer<byte[]> sink);
}
