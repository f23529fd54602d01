package io.kappa.router.registry;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.RegistryView;
import java.util.concurrent.CompletionStage;

/** The function registry as the rest of the router sees it. */
public interface Registry {

    /** Everything that is configured, as far as this router has read it. */
    RegistryView view();

    /**
     * Has the owner decide a command. Completes when the change is recorded and {@link #view()} holds it, so that whoever asked reads
     * their own write; completes with an error where no answer came in time, in which case the change may or may not have been made.
     */
    CompletionStage<RegistryAnswer> submit(RegistryCommand command);

    /**
     * Stores a deployment package. Completes once all in-sync replicas hold every chunk. Bytes already stored for a function that
     * exists are not stored again.
     */
    CompletionStage<CodePackage> store(byte[] zip);

    /** Reads a package back, whole. */
    CompletionStage<byte[]> fetch(CodePackage code);
}
