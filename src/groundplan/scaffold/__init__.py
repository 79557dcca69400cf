"""From a decision and a brief to the files of a project. Pure, but for one writer."""
