"""What several sections use and none owns: accounts, lists, undo, attached files, filters, the lock of a relevé."""
