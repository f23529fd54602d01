package io.kappa.router.registry;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.FunctionCode;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.util.Optional;

/** Decides where it matters that a function's code is a container image. */
final class ImageDecisions {

    /** Of images nothing is stored. */
    static Optional<Upload> upload(String account, FunctionCode code) {
        return switch (code) {
            case CodePackage stored -> Optional.of(Upload.of(account, stored));
            case ContainerImage _ -> Optional.empty();
        };
    }

    /** A function was made for images or for packages, and stays so. */
    static void requireSameKind(VersionRecord before, FunctionCode code) {
        switch (before.requested().code()) {
            case CodePackage _
            when code instanceof ContainerImage ->
                throw refusal("Please don't provide ImageUri when updating a function with packageType Zip.");
            case ContainerImage _
            when code instanceof CodePackage ->
                throw refusal("Please provide ImageUri when updating a function with packageType Image.");
            case CodePackage _, ContainerImage _ -> {}
        }
    }

    private static Refusal refusal(String message) {
        return new Refusal(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    private ImageDecisions() {}
}
