"""What mentors remember of their users: facts with their sources, valid in time."""
