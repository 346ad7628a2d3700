"""What a person does not want remembered: rules by program, title, address, place and hour."""
