"""Events, their programme, the roles of people in them, Today."""
