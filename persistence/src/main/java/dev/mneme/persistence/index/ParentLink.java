package dev.mneme.persistence.index;

/**
 * The branch that a branch left.
 *
 * @param parent the branch it left
 * @param position how many tokens it reads from there
 */
public record ParentLink(BranchId parent, int position) {}
